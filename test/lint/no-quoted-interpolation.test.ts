// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text for the rule
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { temporaryFolder } from '../render/_render.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const rule = join(root, 'lint/no-quoted-interpolation.grit')

/** What the linter says about one line of source under this rule alone. */
const lint = (t: ExecutionContext, line: string): { status: number | null; output: string } => {
  const folder = temporaryFolder(t)
  writeFileSync(
    join(folder, 'biome.json'),
    JSON.stringify({ root: true, plugins: [rule], linter: { rules: { recommended: false } } }),
  )
  writeFileSync(join(folder, 'a.ts'), `${line}\n`)
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', 'a.ts'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}

for (const line of [
  'await $`echo "${x}"`',
  'await $`a "b c" "d ${x} e"`',
  'await $({ cwd: \'/\' })`echo "${x}"`',
  '$.sync`x "${y}"`',
])
  test(`fault 18: ${line} is refused by the linter`, (t) => {
    const { status, output } = lint(t, line)
    t.is(status, 1)
    t.regex(output, /inside double quotes/)
  })

for (const line of ['await $`echo ${x}`', 'await $`echo "a" ${x} "b"`', 'console.log(`"${x}"`)'])
  test(`fault 18: ${line} is taken`, (t) => {
    const { status, output } = lint(t, line)
    t.is(status, 0, output)
  })

test('fault 18: the rule is switched on for the whole project', (t) => {
  const { plugins = [] } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'))
  t.true(plugins.includes('./lint/no-quoted-interpolation.grit'))
})
