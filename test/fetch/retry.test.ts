import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { retrying, usualPatience } from '../../scripts/lib/fetch/retry.ts'

const lost = () => new BoxhoundError('E_FETCH_LOST', 'the connection broke')

test('what may pass is tried again a bounded number of times, with growing pauses that are told', async (t) => {
  const lines: string[] = []
  const pauses: number[] = []
  let tried = 0
  const patience = { tries: 4, pause: (failed: number) => pauses.push(failed) * 0 }
  await t.throwsAsync(
    retrying(patience, { tell: (line) => lines.push(line) }, async () => {
      tried += 1
      throw lost()
    }),
    { code: 'E_FETCH_LOST' },
  )
  t.is(tried, 4)
  t.deepEqual(pauses, [1, 2, 3])
  t.deepEqual(
    lines,
    [2, 3, 4].map((n) => `the connection broke: try ${n} of 4 in 0.00 s`),
  )
  t.deepEqual([1, 2, 3, 4, 5, 9].map(usualPatience.pause), [1000, 2000, 4000, 8000, 10_000, 10_000])
})

test('anything else is thrown at once', async (t) => {
  for (const error of [new BoxhoundError('E_FETCH_STATUS', 'x'), new Error('y')]) {
    let tried = 0
    const failed = retrying(usualPatience, { tell: () => {} }, async () => {
      tried += 1
      throw error
    })
    t.is(await t.throwsAsync(failed), error)
    t.is(tried, 1)
  }
})

test('a try that brought a good piece counts as the first; one that repeats old bytes does not', async (t) => {
  const gains = [2_000_000, 4_000_000, 4_100_000, 1_000_000, 6_000_000]
  let tried = 0
  const gained = (): number => gains[tried - 1] ?? 0
  await t.throwsAsync(
    retrying({ tries: 3, pause: () => 0 }, { tell: () => {}, gained }, async () => {
      tried += 1
      throw lost()
    }),
  )
  t.is(tried, 4)
})

test('a signal ends the pause', async (t) => {
  const stop = new AbortController()
  const waiting = retrying(
    { tries: 9, pause: () => 3_600_000 },
    { tell: () => stop.abort(), signal: stop.signal },
    async () => {
      throw lost()
    },
  )
  await t.throwsAsync(waiting, { name: 'AbortError' })
})
