import { join } from 'node:path'
import test from 'ava'
import { assertWhole } from './_image.ts'
import { tinyProject } from './_project.ts'
import { bake } from './_run.ts'
import { tracesOf } from './_traces.ts'

test('a store whose path has a comma, a colon and a blank is a store like any other', async (t) => {
  const made = await tinyProject(t)
  const project = { ...made, cache: join(made.tool, 'a, store: mine') }
  const { code, stderr } = await bake(project)
  t.is(code, 0, stderr)
  await assertWhole(t, 'one', project)
  t.deepEqual(tracesOf(project), [])
})
