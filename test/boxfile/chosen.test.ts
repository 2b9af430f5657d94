import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { allBoxes, chosenBox } from '../../scripts/lib/box/chosen.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const tool = process.cwd()

const choose = async (t: ExecutionContext, boxes: readonly string[], given?: string) => {
  const root = await temporaryFolder(t)
  mkdirSync(join(root, 'boxes'))
  for (const name of boxes) writeFileSync(join(root, 'boxes', `${name}.yaml`), '')
  const project = projectAt(root, {}, tool)
  const told: string[] = []
  return { name: chosenBox(given, project, (text) => told.push(text)), told, project }
}

test('without a name the box is lab, or else the only one', async (t) => {
  t.is((await choose(t, ['lab', 'web'])).name, 'lab')
  t.is((await choose(t, ['web'])).name, 'web')
  t.is((await choose(t, ['web'], 'other')).name, 'other')
})

test('several boxes and no name is wrong usage that lists them', async (t) => {
  const error = await t.throwsAsync(choose(t, ['web', 'db']), { instanceOf: BoxhoundError, code: 'E_USAGE' })
  t.is(error.exitCode, 2)
  t.is(error.details.expected, 'one of db, web')
})

test('a folder without boxes has boxhound’s lab, and is told so', async (t) => {
  const { name, told, project } = await choose(t, [])
  t.is(name, 'lab')
  t.regex(told.join(), /boxhound’s own, .*boxes\/lab\.yaml/)
  t.is((await loadBox(name, project)).file, join(tool, 'boxes/lab.yaml'))
})

test('who has boxes has no other lab than their own', async (t) => {
  const { told, project } = await choose(t, ['web'], 'lab')
  t.deepEqual(told, [])
  await t.throwsAsync(loadBox('lab', project), { code: 'E_BOX_UNKNOWN' })
})

test('all boxes of a folder without any is wrong usage, not nothing to do', async (t) => {
  t.deepEqual(allBoxes((await choose(t, ['web', 'db'], 'web')).project), ['db', 'web'])
  const { project } = await choose(t, [])
  const error = t.throws(() => allBoxes(project), { instanceOf: BoxhoundError, code: 'E_USAGE' })
  t.is(error.exitCode, 2)
  t.is(error.details.file, 'boxes')
})
