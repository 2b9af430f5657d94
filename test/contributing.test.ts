import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'

test('the contributor’s page has a line for each module, and none for what is gone', async (t) => {
  const page = await readFile('CONTRIBUTING.md', 'utf8')
  const listed = page
    .split(/^### `/m)
    .slice(1)
    .flatMap((section) => {
      const folder = section.slice(0, section.indexOf('/`'))
      return [...section.matchAll(/^\| `([\w/-]+\.ts)` \|/gm)].map(([, name]) => `${folder}/${name}`)
    })
  const files = await readdir('scripts/lib', { recursive: true, withFileTypes: true })
  const modules = files
    .filter((entry) => entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice('scripts/lib/'.length))
  t.deepEqual(listed.sort(), modules.sort())
})
