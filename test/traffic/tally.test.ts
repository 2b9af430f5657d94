import test from 'ava'
import { noCounts } from '../../scripts/lib/traffic/observation.ts'
import { tally } from '../../scripts/lib/traffic/tally.ts'
import { counts, seen } from './_figures.ts'

const minute = (at: number, received: number) => seen(at, received, { span: 'minute' })

/**
 * An Agent that publishes at `first`, and then each time after `periods`, what was received since it last did; looked at each 15 seconds
 * from 0 on.
 */
const agent = (
  received: (from: number, to: number) => number,
  first: number,
  periods: readonly number[],
  until: number,
) => {
  let time = first
  const times = [first, ...periods.map((period) => (time += period))]
  const at = (now: number): number => {
    const index = times.findLastIndex((time) => time <= now)
    return index < 0 ? 0 : received(index === 0 ? -60 : (times[index - 1] ?? 0), times[index] ?? 0)
  }
  return Array.from({ length: Math.floor(until / 15) + 1 }, (_, look) => minute(look * 15, at(look * 15)))
}

/** Traces of a steady load of 100 a second from 20 to `end` between two moments. */
const steady =
  (end: number) =>
  (from: number, to: number): number =>
    100 * Math.max(0, Math.min(to, end) - Math.max(from, 20))

test('totals are the difference of the last and the first', (t) => {
  t.deepEqual(tally([seen(0, 40), seen(30, 90), seen(60, 240)]).counts.received, 200)
  t.deepEqual(tally([seen(0, 0, { pid: null, error: 'asleep' }), seen(9, 5)]), {
    counts: counts(5, { payloads: 1 }),
    restarted: false,
  })
})

test('another receiver than before is told', (t) => {
  t.true(tally([seen(0, 40), seen(60, 3, { pid: 8 })]).restarted)
})

test('nothing seen is nothing counted', (t) => {
  t.deepEqual(tally([]), { counts: noCounts, restarted: false })
  t.deepEqual(tally([seen(0, 9)]).counts.received, 0)
})

test('minutes are added up, each once, those of the time before left out', (t) => {
  const looks = [
    minute(0, 7),
    minute(15, 7),
    minute(30, 3500),
    minute(45, 3500),
    minute(90, 6000),
    minute(150, 500),
    minute(210, 0),
  ]
  t.is(tally(looks).counts.received, 10_000)
})

test('minutes with the same figures are told from one minute that is seen often', (t) => {
  for (const first of [0, 5, 17, 33, 59])
    for (const periods of [Array(12).fill(60), Array(12).fill(70), [60, 70, 60, 65, 65, 60, 70, 60, 65, 60, 60, 60]]) {
      const looks = agent(steady(320), first, periods, 540)
      t.is(tally(looks).counts.received, 30_000, `${first}: ${periods}`)
    }
})

test('what was dropped is added up by its reasons', (t) => {
  const looks = [
    minute(0, 0),
    { ...minute(60, 10), counts: counts(10, { dropped: { EOF: 1, Timeout: 2 }, unsent: 3 }) },
    { ...minute(120, 20), counts: counts(20, { dropped: { EOF: 4 }, filtered: 5 }) },
  ]
  t.like(tally(looks).counts, { received: 30, dropped: { EOF: 5, Timeout: 2 }, unsent: 3, filtered: 5 })
})
