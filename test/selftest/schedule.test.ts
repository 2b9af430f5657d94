import test from 'ava'
import { criticalSeconds, nextStep, planRun } from '../../scripts/lib/selftest/schedule.ts'
import type { Stage } from '../../scripts/lib/selftest/stages.ts'
import { stage } from './_stage.ts'

const limits = { processors: 2, memory: 1000 }

/** Names of the stages that start first, when nothing runs or what is given does. */
const first = (stages: readonly Stage[], running: readonly Stage[] = []): string[] =>
  nextStep({ waiting: stages, running, ended: new Map() }, criticalSeconds(stages), limits).start.map(
    ({ name }) => name,
  )

test('a stage is as critical as the longest chain that hangs on it', (t) => {
  const stages = [
    stage('bake', { seconds: 60 }),
    stage('verify', { seconds: 50, needs: ['bake'] }),
    stage('image', { seconds: 5, needs: ['bake'] }),
    stage('controls', { seconds: 400, needs: ['verify'] }),
  ]
  t.deepEqual([...criticalSeconds(stages)].sort(), [
    ['bake', 510],
    ['controls', 400],
    ['image', 5],
    ['verify', 450],
  ])
})

test('the longest chain starts first, not the longest stage', (t) => {
  const stages = [
    stage('unit', { seconds: 100 }),
    stage('lint', { seconds: 1 }),
    stage('bake', { seconds: 60 }),
    stage('verify', { seconds: 50, needs: ['bake'] }),
  ]
  t.deepEqual(first(stages), ['bake', 'unit'])
})

test('stages that are equally long start in the order in which they are listed', (t) => {
  t.deepEqual(first([stage('b'), stage('a'), stage('c')]), ['b', 'a'])
})

test('stages that wait run next to one that computes, up to the number of processors', (t) => {
  const waits = ['a', 'b', 'c'].map((name) => stage(name, { processors: 0.25, seconds: 5 }))
  t.deepEqual(first([stage('computes', { processors: 1.5 }), ...waits]), ['computes', 'a', 'b'])
})

test('a stage that does not fit lets a smaller one go ahead', (t) => {
  const stages = [stage('large', { processors: 2, seconds: 100 }), stage('small', { processors: 0.5 })]
  t.deepEqual(first(stages, [stage('running')]), ['small'])
})

test('memory is a limit as well', (t) => {
  const running = [stage('running', { memory: 600 })]
  t.deepEqual(first([stage('a', { memory: 600, seconds: 20 }), stage('b', { memory: 400 })], running), ['b'])
})

test('what only one may use is used by one', (t) => {
  const stages = [
    stage('a', { processors: 0.1, alone: ['vm', 'store'], seconds: 30 }),
    stage('b', { processors: 0.1, alone: ['vm'], seconds: 20 }),
    stage('c', { processors: 0.1, alone: ['libvirt'] }),
  ]
  t.deepEqual(first(stages), ['a', 'c'])
  t.deepEqual(first(stages.slice(1), [stage('running', { alone: ['vm'] })]), ['c'])
})

test('a stage that is larger than the machine runs alone', (t) => {
  const huge = stage('huge', { processors: 8, memory: 9000, seconds: 100 })
  t.deepEqual(first([huge, stage('small')]), ['huge'])
  t.deepEqual(first([huge], [stage('running', { processors: 0.1 })]), [])
})

test('a stage waits for its needs, and a need that is not part of the run has passed', (t) => {
  const [bake, verify] = [stage('bake'), stage('verify', { needs: ['bake'], processors: 0.1 })]
  t.deepEqual(first([bake, verify]), ['bake'])
  t.deepEqual(first([verify], [bake]), [])
  t.deepEqual(first([verify]), ['verify'])
})

test('what needs a failed stage never runs, nor what needs that', (t) => {
  const waiting = [stage('verify', { needs: ['bake'] }), stage('controls', { needs: ['verify'] }), stage('lint')]
  const { start, broken } = nextStep(
    { waiting, running: [], ended: new Map([['bake', false]]) },
    criticalSeconds(waiting),
    limits,
  )
  t.deepEqual(
    start.map(({ name }) => name),
    ['lint'],
  )
  t.deepEqual(
    broken.map(({ stage: { name }, because }) => [name, because]),
    [
      ['verify', 'bake'],
      ['controls', 'verify'],
    ],
  )
})

test('a plan tells start and end of every stage, and is the same each time', (t) => {
  const stages = [
    stage('lint', { seconds: 1 }),
    stage('bake', { seconds: 60 }),
    stage('verify', { seconds: 50, needs: ['bake'], alone: ['vm'] }),
    stage('wire', { seconds: 40, needs: ['bake'], alone: ['vm'] }),
    stage('unit', { seconds: 80 }),
  ]
  const planned = planRun(stages, limits)
  t.deepEqual(planned, [
    { name: 'bake', start: 0, end: 60 },
    { name: 'unit', start: 0, end: 80 },
    { name: 'verify', start: 60, end: 110 },
    { name: 'lint', start: 80, end: 81 },
    { name: 'wire', start: 110, end: 150 },
  ])
  t.deepEqual(planRun(stages, limits), planned)
})
