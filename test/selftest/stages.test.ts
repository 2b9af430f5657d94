import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { planRun } from '../../scripts/lib/selftest/schedule.ts'
import { leftOut, selectStages } from '../../scripts/lib/selftest/select.ts'
import { stages } from '../../scripts/lib/selftest/stages.ts'

const quick = selectStages(stages, { only: undefined, quick: true })
const full = selectStages(stages, { only: undefined, quick: false })

test('a stage needs only stages before it', (t) => {
  for (const [index, { needs }] of stages.entries())
    for (const name of needs)
      t.true(
        stages.slice(0, index).some((stage) => stage.name === name),
        name,
      )
})

test('every stage has a name of its own, and a deadline far beyond what it takes', (t) => {
  t.is(new Set(stages.map(({ name }) => name)).size, stages.length)
  for (const { name, seconds, deadline } of stages) t.true(seconds > 0 && deadline > 3 * seconds, name)
})

test('a quick run and a full run have what their stages need', (t) => {
  for (const chosen of [quick, full])
    for (const { name, needs } of chosen)
      for (const need of needs)
        t.true(
          chosen.some((one) => one.name === need),
          `${name} needs ${need}`,
        )
})

test('a quick run boots no machine under QEMU, and every stage is run or left out', (t) => {
  t.deepEqual(
    quick.filter(({ uses }) => uses.alone.includes('vm')),
    [],
  )
  t.deepEqual(
    quick.filter(({ part }) => part === 'quick').map(({ name, command }) => [name, command.join(' ')]),
    [['container', 'node scripts/_run.mjs verify lab --machine container']],
  )
  t.deepEqual([...quick.map(({ name }) => name), ...leftOut(stages)].sort(), stages.map(({ name }) => name).sort())
})

test('every stage of a run is planned, on the smallest machine as well', (t) => {
  for (const chosen of [quick, full]) {
    const planned = planRun(chosen, { processors: 1, memory: 500 })
    t.deepEqual(planned.map(({ name }) => name).sort(), chosen.map(({ name }) => name).sort())
  }
})

for (const [engine, check] of [
  ['postgres', 'postgres'],
  ['mongodb', 'mongo'],
] as const)
  test(`each control of ${engine} is run on its box, and no other`, (t) => {
    const folder = `provision/30-database/${engine}/controls`
    const own = readdirSync(folder).filter(
      (file) =>
        !file.startsWith('_') &&
        !/^# Needs: (?:monitoring|container)$/m.test(readFileSync(`${folder}/${file}`, 'utf8')),
    )
    const command = stages.find(({ name }) => name === `${engine}-controls`)?.command.slice() ?? []
    t.true(command.includes(`lab-${engine}`))
    t.deepEqual(
      command.flatMap((word, index) => (command[index - 1] === '--only' ? [word] : [])).sort(),
      [...own.map((file) => file.replace(/\.sh$/, '')), `check-interval-changed-${check}`].sort(),
    )
  })

test('stages are chosen by name, in the order in which they are listed', (t) => {
  const chosen = selectStages(stages, { only: ['verify', 'bake'], quick: false })
  t.deepEqual(
    chosen.map(({ name }) => name),
    ['bake', 'verify'],
  )
  t.throws(() => selectStages(stages, { only: ['bake', 'nothing'], quick: false }), {
    message: 'there is no stage "nothing"',
  })
})
