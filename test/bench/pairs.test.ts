import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Measured, Side } from '../../scripts/lib/bench/measurement.ts'
import { runPairs } from '../../scripts/lib/bench/pairs.ts'

const quiet = { started: () => {}, ended: () => {} }
const noLog = (): string => '/dev/null'

/** A side that notes what is called, and ends as the caller says. */
const noted = (name: string, calls: string[], end: (count: number) => Measured = () => ({ seconds: 1 })): Side => {
  let count = 0
  return {
    name,
    tool: name,
    command: name,
    prepare: async () => void calls.push(`prepare ${name}`),
    run: async () => {
      calls.push(name)
      count += 1
      return end(count)
    },
  }
}

const fails = (exitCode: 1 | 3, code = 'E_BENCH_RUN'): never => {
  throw new BoxhoundError(code, 'it ended', { exitCode, found: 'its words', file: '/log' })
}

test('sides run by turns, each prepared right before', async (t) => {
  const calls: string[] = []
  const runs = await runPairs([noted('A', calls), noted('B', calls)], 2, noLog, quiet)
  const pair = ['prepare A', 'A', 'prepare B', 'B']
  t.deepEqual(calls, [...pair, ...pair])
  t.deepEqual(
    runs.map((own) => own.map(({ pair: number, measured }) => [number, measured?.seconds])),
    [
      [
        [1, 1],
        [2, 1],
      ],
      [
        [1, 1],
        [2, 1],
      ],
    ],
  )
})

test('a run that fails is told with its words, and the others go on', async (t) => {
  const calls: string[] = []
  const sides = [noted('A', calls), noted('B', calls, (count) => (count === 1 ? fails(1) : { seconds: 2 }))]
  const [, second] = await runPairs(sides, 2, noLog, quiet)
  t.deepEqual(second, [
    { pair: 1, error: 'it ended; its words; /log' },
    { pair: 2, measured: { seconds: 2 } },
  ])
  t.is(calls.filter((call) => call === 'A').length, 2)
})

test('a machine that lacks something ends the row at once', async (t) => {
  const calls: string[] = []
  const sides = [noted('A', calls, () => fails(3)), noted('B', calls)]
  await t.throwsAsync(runPairs(sides, 5, noLog, quiet), { message: 'it ended' })
  t.deepEqual(calls, ['prepare A', 'A'])
})

test('an interruption is no failed run', async (t) => {
  const sides = [noted('A', [], () => fails(1, 'E_INTERRUPTED'))]
  await t.throwsAsync(runPairs(sides, 5, noLog, quiet), { code: 'E_INTERRUPTED' })
})

test('an error that nobody foresaw is no failed run', async (t) => {
  const sides = [
    noted('A', [], () => {
      throw new TypeError('a mistake')
    }),
  ]
  await t.throwsAsync(runPairs(sides, 5, noLog, quiet), { instanceOf: TypeError })
})
