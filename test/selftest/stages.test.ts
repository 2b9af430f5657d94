import test from 'ava'
import { stages } from '../../scripts/lib/selftest/stages.ts'

test('a stage needs only stages before it', (t) => {
  for (const [index, { needs }] of stages.entries())
    for (const name of needs)
      t.true(
        stages.slice(0, index).some((stage) => stage.name === name),
        name,
      )
})

test('every stage has a name of its own and a deadline', (t) => {
  t.is(new Set(stages.map(({ name }) => name)).size, stages.length)
  t.true(stages.every(({ deadline }) => deadline > 0))
})
