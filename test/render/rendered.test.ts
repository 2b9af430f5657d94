import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { boxNames } from '../../scripts/lib/box/folders.ts'
import { parseBack } from '../../scripts/lib/render/parse-back.ts'
import { writeRendered } from '../../scripts/lib/render/write.ts'
import { renderNamed } from './_project.ts'
import { temporaryFolder } from './_render.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = projectAt(root, {})
const stored = join(root, 'test/rendered')

test('every box of boxes/ has its output stored, and nothing else is', (t) => {
  t.deepEqual(readdirSync(stored).sort(), boxNames(project))
})

for (const name of boxNames(project))
  test(`what ${name} renders to is what is stored, and valid in every language`, async (t) => {
    const rendered = await renderNamed(name, project)
    await parseBack(rendered.layers.flatMap(({ files, scripts }) => [...files, ...scripts]))
    const fresh = join(temporaryFolder(t), name)
    await writeRendered(rendered, fresh)
    const { status, stdout } = spawnSync('diff', ['-r', '-u', '--', join(stored, name), fresh], { encoding: 'utf8' })
    t.is(status, 0, `${stdout}\nif this is meant: npm run render -- --all --out test/rendered`)
    const executable = (folder: string) =>
      execFileSync('find', ['.', '-type', 'f', '-perm', '-100'], { cwd: folder, encoding: 'utf8' }).split('\n').sort()
    t.deepEqual(executable(join(stored, name)), executable(fresh))
  })
