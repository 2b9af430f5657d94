import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { type BakeOptions, bakePlan } from '../../scripts/lib/bake/bake.ts'
import { type Builder, builderOf, buildersHelp } from '../../scripts/lib/bake/builders.ts'
import { builderNames } from '../../scripts/lib/bake/manifest.ts'
import type { Plan } from '../../scripts/lib/plan/planned-layer.ts'
import { programFolder } from './_programs.ts'

test('each name gives the builder of that name, and the help page tells of it', (t) => {
  for (const name of builderNames) {
    t.is(builderOf(name).name, name)
    t.true(buildersHelp.includes(`${name}: ${builderOf(name).summary}`))
  }
})

test('without a name there is a builder', (t) => {
  t.true(builderNames.includes(builderOf().name))
})

test('a builder that can’t run here says so with its name and exit code 3', async (t) => {
  const path = await programFolder(t, { packer: '' })
  for (const name of builderNames) {
    const error = t.throws(() => builderOf(name).requireHere(path), { instanceOf: BoxhoundError })
    t.is(error.exitCode, 3)
    t.true(error.message.includes(`the ${name} builder`), error.message)
  }
})

test('a bake asks the builder that was chosen, before anything else', async (t) => {
  const builder: Builder = {
    ...builderOf(),
    requireHere: () => {
      throw new BoxhoundError('E_NO_BUILDER', 'the chosen one can’t run here', { exitCode: 3 })
    },
  }
  const options: BakeOptions = {
    draft: true,
    builder,
    onError: 'clean',
    note: () => t.fail(),
    progress: () => t.fail() as never,
  }
  const plan = { rendered: { box: { name: 'lab' } }, layers: [] } as unknown as Plan
  const project = { tool: '/dev/null/x', root: '/dev/null/x', out: '/dev/null/x/out', cache: '/dev/null/x/cache' }
  await t.throwsAsync(bakePlan(plan, options, project), { code: 'E_NO_BUILDER' })
})
