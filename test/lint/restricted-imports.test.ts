import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { temporaryFolder } from '../render/_render.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { overrides } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'))

/** What the linter says about a file with this text, by the project's own rules about imports. */
const lint = (t: ExecutionContext, file: string, text: string): { status: number | null; output: string } => {
  const folder = temporaryFolder(t)
  writeFileSync(
    join(folder, 'biome.json'),
    JSON.stringify({ root: true, linter: { rules: { recommended: false } }, overrides }),
  )
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), `${text}\n`)
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', '.'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}

for (const text of [
  "import { spawn } from 'node:child_process'\nspawn('x')",
  "import { type ChildProcess, execFile } from 'node:child_process'\nexecFile('x')",
  "import * as processes from 'child_process'\nprocesses.spawn('x')",
  "import { $ } from 'zx'\nawait $`x`",
  "const { spawn } = await import('node:child_process')\nspawn('x')",
])
  test(`fault 57: ${text.split('\n')[0]} is refused by the linter`, (t) => {
    for (const file of ['scripts/lib/boot/a.ts', 'scripts/a.ts', 'suite/a.ts', 'lab/a.ts']) {
      const { status, output } = lint(t, file, text)
      t.is(status, 1, `${file} ${output}`)
      t.regex(output, /no child gets the caller/)
    }
  })

test('the type of a child may be named, and the one place may start processes', (t) => {
  const type = "import type { ChildProcess } from 'node:child_process'\nexport type A = ChildProcess"
  t.is(lint(t, 'scripts/a.ts', type).status, 0)
  const start = "import { spawn } from 'node:child_process'\nspawn('x')"
  t.is(lint(t, 'scripts/lib/_helpers/child.ts', start).status, 0)
})
