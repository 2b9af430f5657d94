import { readFileSync } from 'node:fs'
import test from 'ava'
import { observationIn, observe } from '../../scripts/lib/traffic/observation.ts'
import { machine } from '../wire/_session.ts'

const recorded = (name: string): string => readFileSync(new URL(`../fixtures/agent/${name}`, import.meta.url), 'utf8')

const watched = { service: 'trial-app', env: 'trial', check: 'db' }

const checks = {
  runnerStats: { Checks: { db: { 'db:1': { TotalRuns: 4, TotalErrors: 1 }, 'db:2': { TotalRuns: 3 } } } },
}
const keyed = { forwarderStats: { APIKeyStatus: { 'API key ending with 00000': 'ok' } } }

test('what a real Agent told in the box is read: a minute’s figures of the service', (t) => {
  const found = observationIn(recorded('status-box-keyed.json'), watched, 5)
  t.like(found, {
    at: 5,
    span: 'minute',
    pid: null,
    error: null,
    counts: { received: 3, dropped: {}, filtered: 0, unsent: 0, bytes: 2997, payloads: 1 },
    keyed: true,
  })
  t.is(observationIn(recorded('status-box-keyed.json'), { ...watched, service: 'other' }, 5)?.counts.received, 0)
  t.false(observationIn(recorded('status-keyless.json'), watched, 5)?.keyed)
})

test('the lab Agent tells totals; entries of a service are added up, others left out', (t) => {
  const lab = {
    lab: true,
    apmStats: {
      pid: 9,
      lab_totals: { 'trial-app': { TracesReceived: 12, PayloadAccepted: 2 }, x: { TracesReceived: 1 } },
    },
  }
  t.like(observationIn(JSON.stringify({ ...lab, ...checks, ...keyed }), watched, 0), {
    span: 'total',
    counts: { received: 12, payloads: 2 },
    runs: 7,
    failures: 1,
  })
  const receiver = [
    { Service: 'trial-app', EndpointVersion: 'v0.4', TracesReceived: 2, TracesDropped: { EOF: 1, Timeout: 0 } },
    { Service: 'trial-app', EndpointVersion: 'v0.5', TracesReceived: 3, TracesDropped: null, ClientDroppedP0Traces: 4 },
    { Service: 'other', TracesReceived: 9 },
  ]
  const rates = { 'service:,env:': 1, 'service:trial-app,env:trial': 0.25 }
  t.like(observationIn(JSON.stringify({ apmStats: { receiver, ratebyservice: rates } }), watched, 0), {
    span: 'minute',
    counts: { received: 5, dropped: { EOF: 1 }, unsent: 4 },
    sampleRate: 0.25,
  })
})

test('a receiver that nobody has woken counts nothing, and says why', (t) => {
  const asleep = { lab: true, apmStats: { port: 5012, error: 'connection refused' } }
  t.like(observationIn(JSON.stringify(asleep), watched, 0), {
    pid: null,
    error: 'connection refused',
    counts: { received: 0 },
  })
})

test('an Agent that does not answer is an error with its words', async (t) => {
  const { session } = machine({ status: 'could not reach agent' })
  t.is(observationIn('could not reach agent', watched, 0), undefined)
  await t.throwsAsync(observe(session, watched), { code: 'E_TRAFFIC' })
})
