import test from 'ava'
import type { Observation } from '../../scripts/lib/traffic/observation.ts'
import { lookAfter, lookDuring, repeat } from '../../scripts/lib/traffic/watcher.ts'
import type { Session } from '../../scripts/lib/verify/ssh.ts'
import { machine } from '../wire/_session.ts'
import { seen } from './_figures.ts'

const watched = { service: 'trial-app', env: 'trial', check: 'db' }

const status = (received: number, runs: number, lab = true): string =>
  JSON.stringify({
    lab,
    apmStats: { lab_totals: { 'trial-app': { TracesReceived: received } }, receiver: [] },
    runnerStats: { Checks: { db: { 'db:1': { TotalRuns: runs } } } },
  })

/** An Agent that tells one status after the other, and the last one from then on. */
const agent = (...told: readonly string[]): { session: Session; looks: () => number } => {
  let looks = 0
  const { session } = machine()
  return {
    session: {
      ...session,
      run: async () => {
        const stdout = told[Math.min(looks, told.length - 1)] ?? ''
        looks += 1
        return { code: 0, stdout, stderr: 'no answer', seconds: 0 }
      },
    },
    looks: () => looks,
  }
}

const first = (): [Observation] => [seen(0, 0, { runs: 4 })]
const pace = { every: 0.001, patience: 0.2, limit: 60 }

test('it looks until all is counted, the check has run, and nothing more came', async (t) => {
  const { session, looks } = agent(status(50, 4), status(100, 4), status(100, 5), status(103, 5), status(103, 6))
  const observations = first()
  await lookAfter(session, watched, observations, 100, pace)
  // Counted and run at the third look; the fourth brought more, so that there had to be a fifth.
  t.is(looks(), 5)
  t.is(observations.at(-1)?.counts.received, 103)
})

test('it gives up when nothing new comes, however often the check runs', async (t) => {
  let runs = 4
  const { session } = machine()
  const observations = first()
  const run = async () => ({ code: 0, stdout: status(99, ++runs), stderr: '', seconds: 0 })
  await lookAfter({ ...session, run }, watched, observations, 100, pace)
  t.is(observations.at(-1)?.counts.received, 99)
})

test('traces that never stop coming are no reason to wait for ever', async (t) => {
  let received = 0
  const { session } = machine()
  const run = async () => ({ code: 0, stdout: status(++received, 9), stderr: '', seconds: 0 })
  await lookAfter({ ...session, run }, watched, first(), 5, { ...pace, patience: 60, limit: 0.2 })
  t.true(received > 5)
})

test('an Agent that has gone is told as the last thing seen', async (t) => {
  const { session } = agent(status(40, 5), 'could not reach agent')
  const observations = first()
  await lookAfter(session, watched, observations, 100, pace)
  t.like(observations.at(-1), { counts: { received: 40 } })
  t.regex(observations.at(-1)?.error ?? '', /the Agent does not answer/)
})

test('a lost connection is an error', async (t) => {
  const { session } = machine()
  const run = async () => {
    throw new Error('gone')
  }
  await t.throwsAsync(lookAfter({ ...session, run }, watched, first(), 100, pace), { message: 'gone' })
})

test('totals need no look during the load', async (t) => {
  const { session, looks } = agent(status(1, 1))
  await lookDuring(session, watched, first(), new AbortController().signal)
  t.is(looks(), 0)
})

test('work is repeated until the signal, and not begun after it', async (t) => {
  const stop = new AbortController()
  let times = 0
  await repeat(0.001, stop.signal, () => {
    times += 1
    if (times === 3) stop.abort()
  })
  t.is(times, 3)
  await repeat(60, stop.signal, () => t.fail())
})
