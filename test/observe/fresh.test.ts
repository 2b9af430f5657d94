import test from 'ava'
import type { Field } from '../../scripts/lib/observe/difference.ts'
import { freshDowntimes } from '../../scripts/lib/observe/fresh.ts'

const field = (path: string): Field => ({ path, from: 'a', to: 'b' })

test('a downtime is fresh when it is added or its schedule is told anew', (t) => {
  const fresh = freshDowntimes([
    { kind: 'downtime', name: 'new', action: 'add', fields: [] },
    { kind: 'downtime', name: 'longer', action: 'change', fields: [field('schedule.recurrences')] },
    { kind: 'downtime', name: 'reworded', action: 'change', fields: [field('message')] },
    { kind: 'downtime', name: 'same', action: 'keep', fields: [] },
    { kind: 'downtime', name: 'gone', action: 'remove', fields: [] },
    { kind: 'monitor', name: 'monitor', action: 'add', fields: [] },
  ])
  t.deepEqual([...fresh], ['new', 'longer'])
})
