import test from 'ava'
import type { Received } from '../../lab/intake/payloads.ts'
import { wireChecks } from '../../scripts/lib/wire/checks.ts'
import { faults, harmless } from './_faults.ts'
import { expectations, healthy, provoked } from './_received.ts'

const checks = wireChecks(expectations, provoked)

/** Ids of the checks that are red. */
const red = (received: Received): string[] =>
  checks.filter((one) => one.problems(received).length > 0).map(({ id }) => id)

test('what a healthy machine sends passes every check', (t) => {
  t.deepEqual(red(healthy), [])
  t.deepEqual(
    checks.map(({ id }) => id),
    [
      'wire.host-tags',
      'wire.metrics.mysql',
      'wire.metrics.my_metric',
      'wire.service-checks',
      'wire.logs',
      'wire.traces',
      'wire.encodings',
    ],
  )
})

test('a machine that sends nothing passes none', (t) => {
  const silent: Received = {
    series: [],
    serviceChecks: [],
    hosts: [],
    logs: [],
    spans: [],
    stats: 0,
    validations: 0,
    others: [],
    problems: [],
    requests: 0,
    interrupted: 0,
  }
  t.deepEqual(
    red(silent),
    checks.map(({ id }) => id),
  )
})

for (const [ids, list] of Object.entries(faults))
  for (const [title, part] of list)
    test(`turns just ${ids} red: ${title}`, (t) => t.deepEqual(red({ ...healthy, ...part }), ids.split(' ')))

for (const [title, part] of harmless)
  test(`turns nothing red: ${title}`, (t) => t.deepEqual(red({ ...healthy, ...part }), []))

test('a box without database, app and logs is judged by what it has', (t) => {
  const bare = { ...expectations, database: null, app: null, agent: { ...expectations.agent, logs: false }, checks: [] }
  t.deepEqual(
    wireChecks(bare, { ...provoked, lines: {} }).map(({ id }) => id),
    ['wire.host-tags', 'wire.service-checks', 'wire.encodings'],
  )
})

test('a box with logs and nothing that writes any is not judged by them', (t) => {
  const bare = { ...expectations, database: null, app: null }
  t.false(wireChecks(bare, { ...provoked, lines: {} }).some(({ id }) => id === 'wire.logs'))
})

test('without logs, traces stand alone', (t) => {
  const quiet = { ...expectations, agent: { ...expectations.agent, logs: false } }
  const found = wireChecks(quiet, { ...provoked, lines: {} })
  t.false(found.some(({ id }) => id === 'wire.logs'))
  const traces = found.find(({ id }) => id === 'wire.traces')
  t.is(traces?.title, 'Traces arrive')
  t.deepEqual(traces?.problems({ ...healthy, logs: [] }), [])
})

test('a trace without root span is told as such', (t) => {
  const traces = checks.find(({ id }) => id === 'wire.traces')
  const rootless = { ...healthy, spans: healthy.spans.filter(({ parentId }) => parentId !== '0') }
  t.deepEqual(traces?.problems(rootless), ['no root span of GET /', 'no root span of GET /api/apm'])
})
