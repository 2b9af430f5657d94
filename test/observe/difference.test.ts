import test from 'ava'
import { canonical, fingerprint } from '../../scripts/lib/observe/canonical.ts'
import { difference } from '../../scripts/lib/observe/difference.ts'
import { readServer } from '../../scripts/lib/observe/files.ts'
import type { Json } from '../../scripts/lib/observe/json-object.ts'
import { project } from './_observe.ts'

const server = readServer(project)
const monitor = server.monitor ?? { readOnly: [], defaults: {}, same: [], sets: [], ignored: [], strict: false }
const dashboard = server.dashboard ?? monitor
const downtime = server.downtime ?? monitor
const all = { counts: () => true }

test('what the server adds by itself is no part of a resource', (t) => {
  const wire = { name: 'x', type: 'metric alert', query: 'q', options: { thresholds: { critical: 1 } } }
  const answered = {
    ...wire,
    id: 5,
    created: 'then',
    multi: true,
    overall_state: 'No Data',
    priority: null,
    restricted_roles: null,
    type: 'query alert',
    tags: ['b', 'a'].slice(2),
    options: {
      ...wire.options,
      notify_audit: false,
      include_tags: true,
      silenced: {},
      escalation_message: '',
    },
  }
  t.deepEqual(canonical('monitor', answered, monitor), canonical('monitor', wire, monitor))
  t.is(fingerprint('monitor', answered, monitor), fingerprint('monitor', wire, monitor))
})

test('ids of widgets, also within groups, are the server’s', (t) => {
  const widget = {
    definition: { type: 'group', layout_type: 'ordered', widgets: [{ definition: { type: 'note', content: 'x' } }] },
  }
  const answered = {
    id: 1,
    ...widget,
    definition: { ...widget.definition, widgets: [{ id: 2, definition: { type: 'note', content: 'x' } }] },
  }
  t.deepEqual(
    canonical('dashboard', { widgets: [answered] }, dashboard),
    canonical('dashboard', { widgets: [widget] }, dashboard),
  )
})

test('a rule of a downtime is read by what it means, without its date', (t) => {
  const of = (start: string, rrule: string, duration: string) =>
    canonical(
      'downtime',
      { message: 'm', schedule: { timezone: 'UTC', recurrences: [{ start, rrule, duration }] } },
      downtime,
    )
  t.deepEqual(
    of('2026-11-23T19:00', 'FREQ=WEEKLY;BYDAY=MO,TU', '1d'),
    of('2026-12-01T19:00:00', 'FREQ=WEEKLY;INTERVAL=1;BYDAY=TU,MO', '24h'),
  )
  t.notDeepEqual(
    of('2026-11-23T19:00', 'FREQ=WEEKLY;BYDAY=MO', '14h'),
    of('2026-11-23T20:00', 'FREQ=WEEKLY;BYDAY=MO', '14h'),
  )
})

test('fields are named by their path, with both values', (t) => {
  t.deepEqual(difference({ a: { b: 1 }, c: [1, { d: 'x' }] }, { a: { b: 2 }, c: [1, { d: 'y' }] }, all), [
    { path: 'a.b', from: 1, to: 2 },
    { path: 'c[1].d', from: 'x', to: 'y' },
  ])
})

test('in a list that grew or shrank only what is new or gone is told', (t) => {
  t.deepEqual(difference({ w: ['a', 'b', 'c'] }, { w: ['a', 'c'] }, all), [{ path: 'w[1]', from: 'b', to: undefined }])
  t.deepEqual(difference({ w: ['a', 'c'] }, { w: ['a', 'b', 'c'] }, all), [{ path: 'w[1]', from: undefined, to: 'b' }])
  t.deepEqual(difference({ w: ['a'] }, { w: ['a', 'a'] }, all), [{ path: 'w[1]', from: undefined, to: 'a' }])
})

test('a field that only the account has counts where it is asked for', (t) => {
  const counts = (path: string): boolean => path === 'options.known'
  t.deepEqual(difference({ options: { known: 1, other: 2 } }, { options: {} }, { counts }), [
    { path: 'options.known', from: 1, to: undefined },
  ])
})

const note = (content: string) => ({ definition: { type: 'note', content } })
const graph = (title: string, extra = {}) => ({ definition: { type: 'timeseries', title, ...extra } })
const group = (title: string, widgets: Json[]) => ({ definition: { type: 'group', title, widgets } })
const told = (from: Json[], to: Json[]): string[] =>
  difference({ widgets: from }, { widgets: to }, all).map(({ path, from, to, movedFrom }) => {
    if (movedFrom !== undefined) return `${movedFrom} to ${path}`
    return `${to === undefined ? '-' : from === undefined ? '+' : '~'} ${path}`
  })

test('what a widget’s title or type names is gone into, also when its group grew or shrank', (t) => {
  const before = group('G', [graph('a'), graph('b', { legend: true }), note('x')])
  const after = group('G', [graph('b', { legend: false }), note('y'), graph('c'), graph('d')])
  t.deepEqual(told([note('top'), before], [note('top'), after]), [
    '~ widgets[1].definition.widgets[0].definition.legend',
    '~ widgets[1].definition.widgets[1].definition.content',
    '~ widgets[1].definition.widgets[2].definition.title',
    '+ widgets[1].definition.widgets[3]',
  ])
})

test('a widget that was only moved is told in one line', (t) => {
  const [a, b, c] = [graph('a'), graph('b'), graph('c')]
  t.deepEqual(told([a, b, c], [c, a, b]), ['widgets[2] to widgets[0]'])
  t.deepEqual(told([a, b, c], [b, a, c]), ['widgets[0] to widgets[1]'])
  t.deepEqual(told([a, b], [note('new'), a, b]), ['+ widgets[0]'])
  t.deepEqual(told([a, graph('b', { legend: true })], [b, a]), [
    '- widgets[0].definition.legend',
    'widgets[0] to widgets[1]',
  ])
})
