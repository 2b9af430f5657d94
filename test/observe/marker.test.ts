import test from 'ava'
import fc from 'fast-check'
import type { JsonObject } from '../../scripts/lib/observe/json-object.ts'
import { mark, markerOf, unmark } from '../../scripts/lib/observe/marker.ts'
import { kinds } from '../../scripts/lib/observe/resource-kinds.ts'

const marker = { box: 'lab', name: 'my_metric', applied: '0a1b2c3d' }

test('a monitor is marked by tags, which downtimes can aim at', (t) => {
  t.deepEqual(mark('monitor', { name: 'x', tags: ['team:a'] }, marker).tags, [
    'team:a',
    'managed_by:boxhound',
    'boxhound_box:lab',
    'boxhound_resource:my_metric',
    'boxhound_applied:0a1b2c3d',
  ])
})

test('a dashboard and a downtime are marked by the last line of a text', (t) => {
  t.is(
    mark('dashboard', { description: 'what it is' }, marker).description,
    'what it is\n\nManaged by boxhound: lab/my_metric (0a1b2c3d)',
  )
  t.is(mark('downtime', { message: '' }, marker).message, 'Managed by boxhound: lab/my_metric (0a1b2c3d)')
})

test('whatever the text, what was marked is recognised, and is the same again without the mark', (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.string({ unit: 'grapheme' }).map((text) => text.trimEnd()),
      (kind, text) => {
        const wire: JsonObject =
          kind === 'monitor'
            ? { message: text, tags: ['team:a'] }
            : kind === 'dashboard'
              ? { description: text }
              : { message: text }
        const marked = mark(kind, wire, marker)
        t.deepEqual(markerOf(kind, marked), marker)
        t.deepEqual(unmark(kind, marked), wire)
        t.deepEqual(mark(kind, marked, marker), marked)
      },
    ),
  )
})

const foreign: readonly [title: string, kind: (typeof kinds)[number], wire: JsonObject][] = [
  [
    'a monitor with the tags of a box, but not managed',
    'monitor',
    { tags: ['boxhound_box:lab', 'boxhound_resource:x'] },
  ],
  ['a monitor without tags', 'monitor', { tags: null }],
  [
    'a dashboard with our title alone',
    'dashboard',
    { title: 'lab: checks, database, app and host', description: null },
  ],
  ['a dashboard that speaks of boxhound', 'dashboard', { description: 'Managed by boxhound' }],
  ['a downtime without a message', 'downtime', { message: null }],
]

for (const [title, kind, wire] of foreign) test(`is not ours: ${title}`, (t) => t.is(markerOf(kind, wire), undefined))

test('a mark whose fingerprint somebody cut off is still ours', (t) => {
  t.deepEqual(markerOf('dashboard', { description: 'x\n\nManaged by boxhound: lab/board' }), {
    box: 'lab',
    name: 'board',
    applied: '',
  })
})
