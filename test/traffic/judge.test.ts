import test from 'ava'
import type { DatabaseFigures } from '../../scripts/lib/traffic/database-load.ts'
import { judgeApp, judgeDatabase, judgeIntegration, judgeTraces } from '../../scripts/lib/traffic/judge.ts'
import type { Counts, Observation } from '../../scripts/lib/traffic/observation.ts'
import { counts, figures, seen } from './_figures.ts'

const traces = (received: Counts, app = figures(100), last: Partial<Observation> = {}, restarted = false) =>
  judgeTraces({
    service: 'trial-app',
    app,
    tally: { counts: received, restarted },
    last: seen(60, received.received, last),
    seconds: 60,
  })

test('an app that answered everything by 2xx is green; any other answer, none at all, and no request are red', (t) => {
  t.is(judgeApp(figures(100), 60).status, 'passed')
  for (const [app, said] of [
    [figures(100, { answered: { '2xx': 99, '5xx': 1 } }), /answered by 1 5xx/],
    [
      figures(100, { answered: { '2xx': 98 }, unanswered: { 'no answer in time': 2 } }),
      /2 without an answer: no answer in time/,
    ],
    [figures(0, { answered: {} }), /no request was sent/],
  ] as const) {
    const { status, observed } = judgeApp(app, 60)
    t.is(status, 'failed')
    t.regex(observed, said)
  }
  t.regex(judgeApp(figures(90, { late: 10 }), 60).observed, /10 due requests found no free connection/)
})

test('as many traces as answers are green, errors included; one less and one more are red', (t) => {
  const withErrors = figures(100, { answered: { '2xx': 90, '4xx': 6, '5xx': 4 } })
  t.is(traces(counts(100)).status, 'passed')
  t.is(traces(counts(100), withErrors).status, 'passed')
  t.regex(traces(counts(99)).observed, /^1 trace missing/)
  t.regex(traces(counts(90), withErrors).observed, /^10 traces missing/)
  t.regex(traces(counts(101)).observed, /^1 more than requests/)
  t.is(traces(counts(0), figures(0, { answered: {} })).status, 'failed')
})

test('a request without an answer may have been traced or not', (t) => {
  const app = figures(100, { answered: { '2xx': 97 }, unanswered: { 'no answer in time': 3 } })
  for (const [received, status] of [
    [96, 'failed'],
    [97, 'passed'],
    [100, 'passed'],
    [101, 'failed'],
  ] as const)
    t.is(traces(counts(received), app).status, status, String(received))
  t.is(traces(counts(97), app).expected, '97 to 100 traces of trial-app')
})

test('what the tracer says it sampled away counts, and is told; so are filters and rates', (t) => {
  const { status, observed } = traces(counts(60, { unsent: 40, filtered: 5 }), figures(100), { sampleRate: 0.6 })
  t.is(status, 'passed')
  for (const said of [/40 sampled away by the tracer/, /5 filtered out by the Agent/, /asks for 60\.0 %/])
    t.regex(observed, said)
})

test('what the receiver refused explains what is missing, and is red; so is what it dropped after receipt', (t) => {
  const { status, observed } = traces(counts(90, { dropped: { DecodingError: 7 } }))
  t.is(status, 'failed')
  t.regex(observed, /10 traces missing\nrefused by the receiver: 7 DecodingError\n3 never reached the receiver/)
  t.regex(traces(counts(100, { dropped: { TraceIDZero: 2 } })).observed, /dropped after receipt: 2 TraceIDZero/)
})

test('a receiver that restarted or does not answer is red and says so', (t) => {
  t.regex(traces(counts(100), figures(100), {}, true).observed, /restarted/)
  t.regex(
    traces(counts(0), figures(100), { error: 'connection refused' }).observed,
    /reports nothing: connection refused/,
  )
})

test('an instance without a key is not judged', (t) => {
  const { status, observed } = traces(counts(0), figures(100), { keyed: false })
  t.is(status, 'not judged')
  t.regex(observed, /DD_API_KEY/)
})

const database = (more: Partial<DatabaseFigures> = {}): DatabaseFigures => ({
  title: 'a driver',
  transactions: 100,
  failure: null,
  counters: [
    { what: 'rows inserted', each: 1, moved: 104 },
    { what: 'rows updated', each: 3, moved: 300 },
  ],
  ...more,
})

test('a database whose counters moved by at least what was done is green', (t) => {
  const { status, expected } = judgeDatabase(database(), 60)
  t.is(status, 'passed')
  t.is(expected, 'rows inserted +100, rows updated +300 or more')
})

test('a counter that moved less, a driver that failed, and one that did nothing are red', (t) => {
  for (const [figure, said] of [
    [database({ transactions: 101 }), /rows updated moved by 300, not 303/],
    [database({ failure: 'exit status 1: no server' }), /a driver failed: exit status 1: no server/],
    [database({ transactions: 0 }), /a driver made no transaction/],
  ] as const) {
    const { status, observed } = judgeDatabase(figure, 60)
    t.is(status, 'failed')
    t.regex(observed, said)
  }
})

test('the integration must have run, and without an error', (t) => {
  const first = seen(0, 0, { runs: 10, failures: 2 })
  t.is(judgeIntegration('db', first, seen(60, 0, { runs: 12, failures: 2 }), 60).status, 'passed')
  t.regex(judgeIntegration('db', first, seen(60, 0, { runs: 10, failures: 2 }), 60).observed, /has not run/)
  t.regex(judgeIntegration('db', first, seen(60, 0, { runs: 12, failures: 3 }), 60).observed, /1 run of db failed/)
})
