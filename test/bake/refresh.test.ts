import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { readRefreshed } from '../../scripts/lib/bake/refresh.ts'
import { emptyProject } from '../cache/_store.ts'

test('a refresh is remembered for its box alone', async (t) => {
  const project = await emptyProject(t)
  t.deepEqual(await readRefreshed('lab', false, project), {})
  const before = Date.now()
  const { refreshed = 0 } = await readRefreshed('lab', true, project)
  t.true(refreshed >= before && refreshed <= Date.now())
  t.deepEqual(await readRefreshed('lab', false, project), { refreshed })
  t.deepEqual(await readRefreshed('other', false, project), {})
  await writeFile(join(project.cache, 'refresh/lab'), 'odd')
  t.deepEqual(await readRefreshed('lab', false, project), {})
})
