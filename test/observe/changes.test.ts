import test from 'ava'
import { beginsAnew } from '../../scripts/lib/observe/changes.ts'
import type { Field } from '../../scripts/lib/observe/difference.ts'

const field = (path: string): Field => ({ path, from: 'a', to: 'b' })

test('a downtime begins anew when it is added or its schedule is told anew', (t) => {
  const changes = [
    { kind: 'downtime', name: 'new', action: 'add', fields: [] },
    { kind: 'downtime', name: 'longer', action: 'change', fields: [field('schedule.recurrences')] },
    { kind: 'downtime', name: 'reworded', action: 'change', fields: [field('message')] },
    { kind: 'downtime', name: 'same', action: 'keep', fields: [] },
    { kind: 'downtime', name: 'gone', action: 'remove', fields: [] },
    { kind: 'monitor', name: 'monitor', action: 'add', fields: [] },
  ] as const
  t.deepEqual(
    changes.filter(beginsAnew).map(({ name }) => name),
    ['new', 'longer'],
  )
})
