import test from 'ava'
import { instancesIn, runnerFields } from '../../suite/contract/_agent.ts'
import { sample } from './_agent.ts'

test('a real Agent’s output is read whatever field it lacks: a clause about that one fails, and no other', (t) => {
  const [instance] = instancesIn(sample('check-my_metric.json')) ?? []
  t.is(instance?.runner.CheckName, 'my_metric')
  t.is(instance?.runner.Interval, 45_000_000_000)
  t.is(instance?.runner.CheckLoader, undefined)
  t.deepEqual(
    runnerFields.filter((name) => instance?.runner[name] === undefined),
    ['ExecutionTimes'],
    'the fixture is shortened by this one',
  )
  t.is(instance?.aggregator.metrics?.[0]?.points?.[0]?.[1], 541)
})

test('a field of another type counts as absent', (t) => {
  const [instance] =
    instancesIn('text\n[{"aggregator": {}, "runner": {"TotalErrors": "none", "CheckName": "x"}}]') ?? []
  t.is(instance?.runner.TotalErrors, undefined)
  t.is(instance?.runner.CheckName, 'x')
})

test('what is no array of instances is none', (t) => {
  t.is(instancesIn('Error: no valid check found'), undefined)
})
