import test from 'ava'
import { traceIdOf } from '../../suite/box/app.ts'
import { judgeRecords } from '../../suite/box/checks/app-logs.ts'
import { judgeRoutes } from '../../suite/box/checks/app-routes.ts'
import { judgeCounts, judgeTraces, type Spans } from '../../suite/box/checks/app-traces.ts'
import { lab } from '../verify/_expectations.ts'
import { recorded } from './_agent.ts'

const { app } = lab
if (app === null) throw new Error('no app to expect')

const answer = { path: '/', status: 200, body: 'Entrypoint to the Application', error: '' }

test('a route passes by its status and its exact text', (t) => {
  t.true(judgeRoutes(app.routes, [answer]).passed)
  t.true(judgeRoutes(app.routes, [{ ...answer, body: `${answer.body}\n` }]).passed)
  t.false(judgeRoutes(app.routes, [{ ...answer, body: `${answer.body}!` }]).passed)
  t.false(judgeRoutes(app.routes, [{ ...answer, status: 500 }]).passed)
  t.false(judgeRoutes(app.routes, [{ ...answer, status: 0, error: 'refused' }]).passed)
  t.false(judgeRoutes(app.routes, []).passed)
})

const id = { high: '6740a1b200000000', low: '00ab54a98ceb1f0a' }
const span: Spans[number] = { service: 'trial-app', resource: 'GET /', env: 'trial', version: '1.0.0', ...id }
const record = {
  'dd.trace_id': `${id.high}${id.low}`,
  'dd.service': 'trial-app',
  'dd.env': 'trial',
  'dd.version': '1.0.0',
}
const records = { error: '', broken: 0, records: [{ 'dd.trace_id': '0' }, record] }

test('trace ids are read as 32 hex digits or as a decimal lower half', (t) => {
  t.is(traceIdOf(record), `${id.high}${id.low}`)
  t.is(traceIdOf({ 'dd.trace_id': BigInt(`0x${id.low}`).toString() }), id.low.padStart(32, '0'))
  t.is(traceIdOf({ 'dd.trace_id': '0' }), undefined)
  t.is(traceIdOf({ 'dd.trace_id': '0'.repeat(32) }), undefined)
  t.is(traceIdOf({}), undefined)
})

test('a trace passes by service, env, version, resource and its id in the log', (t) => {
  t.true(judgeTraces(app, [span], records).passed)
  t.true(
    judgeTraces(app, [{ ...span, high: '' }], { ...records, records: [{ 'dd.trace_id': `${BigInt(`0x${id.low}`)}` }] })
      .passed,
  )
})

test('a trace that is absent or wrong in one way fails', (t) => {
  t.regex(judgeTraces(app, [], records).observed, /no trace of GET \//)
  for (const key of ['service', 'env', 'version'] as const) {
    t.regex(judgeTraces(app, [{ ...span, [key]: 'other' }], records).observed, new RegExp(`${key} is other`))
  }
  t.regex(judgeTraces(app, [span], { ...records, records: [] }).observed, /no log record has/)
  t.false(judgeTraces(app, [{ ...span, high: '0000000000000001' }], records).passed)
})

test('log records pass by their ids and names', (t) => {
  t.true(judgeRecords(app, records).passed)
  t.false(judgeRecords(app, { ...records, broken: 1 }).passed)
  t.false(judgeRecords(app, { ...records, records: [{ 'dd.trace_id': '0' }] }).passed)
  t.false(judgeRecords(app, { ...records, records: [{ ...record, 'dd.version': '2' }] }).passed)
  t.regex(judgeRecords(app, { ...records, error: 'Permission denied' }).observed, /dd-agent: Permission denied/)
})

const three = { ...app, routes: ['/', '/a', '/b'].map((path) => ({ path, body: '', resource: `GET ${path}` })) }
const written = { ...records, records: [record, record, record] }

test('a real Agent’s figures count: as many traces by the app as there were requests', (t) => {
  const receiver = recorded('box-keyed').apmStats?.receiver ?? []
  t.true(judgeCounts(three, receiver, written).passed)
  const [entry] = receiver
  t.false(judgeCounts(three, [{ ...entry, TracesReceived: 2 }], written).passed)
  t.true(
    judgeCounts(
      three,
      [
        { ...entry, TracesReceived: 2 },
        { ...entry, TracesReceived: 1 },
      ],
      written,
    ).passed,
  )
})

test('a foreign trace proves nothing, nor do records of earlier requests', (t) => {
  const foreign = [{ Service: 'somebody-else', TracesReceived: 12 }]
  const verdict = judgeCounts(three, foreign, written)
  t.false(verdict.passed)
  t.is(verdict.observed, 'the Agent counts 0 traces of trial-app, not 3; others: 12 of somebody-else')
  const receiver = recorded('box-keyed').apmStats?.receiver ?? []
  t.false(judgeCounts(three, receiver, { ...records, records: [] }).passed)
  t.false(judgeRecords(three, { ...records, records: [record, record] }).passed)
  t.not(judgeRecords(three, { ...records, records: [record, record] }).final, true, 'a third may be on its way')
  const untraced = judgeRecords(three, { ...records, records: [{}, {}, {}] })
  t.true(untraced.final)
  t.is(untraced.observed, '0 of 3 records written since the requests began have a trace id')
  t.true(judgeRecords(three, written).passed)
})
