import { readdir } from 'node:fs/promises'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { bakePlan } from '../../scripts/lib/bake/bake.ts'
import { silentProgress } from '../../scripts/lib/bake/progress.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { emptyProject } from '../cache/_store.ts'

test('a box on a downloaded image is refused before anything is started, naming the box file', async (t) => {
  const project = { ...(await emptyProject(t)), root: process.cwd() }
  const plan = await planBox(await renderBox(await loadBox('ubuntu', project), project), project, { now: 0 })
  const options = { draft: false, onError: 'clean' as const, progress: () => silentProgress, note: () => {} }
  const error = await t.throwsAsync(() => bakePlan(plan, options, project), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_BASE')
  t.is(error.exitCode, 2)
  t.is(error.details.file, 'boxes/ubuntu.yaml')
  t.deepEqual(await readdir(project.cache).catch(() => []), [])
})
