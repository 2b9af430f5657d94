import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { renderPackerTemplate } from '../../scripts/lib/bake/packer.ts'
import type { PlannedLayer } from '../../scripts/lib/plan/planned-layer.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { runPacker, testedPackers } from './_packers.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const home = await mkdtemp(join(tmpdir(), 'boxhound-packers-'))
test.after.always(() => rm(home, { recursive: true, force: true }))
const packers = testedPackers(home)

/** What only newer generations know, each with an example that Packer 1.6.6 refuses; `where` is outside or inside of `build`. */
const onlyNewer: readonly { readonly pattern: RegExp; readonly where: 'top' | 'build'; readonly example: string }[] = [
  { pattern: /\brequired_plugins\s*\{/, where: 'top', example: 'packer {\n  required_plugins {}\n}' },
  { pattern: /^\s*local\s+"/m, where: 'top', example: 'local "x" {\n  expression = 1\n}' },
  { pattern: /^\s*data\s+"/m, where: 'top', example: 'data "null" "x" {\n  input = "a"\n}' },
  {
    pattern: /\boptional\(/,
    where: 'top',
    example: 'variable "x" {\n  type = object({ a = optional(string) })\n  default = {}\n}',
  },
  {
    pattern: /\berror-cleanup-provisioner\b/,
    where: 'build',
    example: 'error-cleanup-provisioner "shell-local" {\n  inline = ["true"]\n}',
  },
  {
    pattern: /^\s*env\s*=/m,
    where: 'build',
    example: 'provisioner "shell-local" {\n  env = { A = "b" }\n  inline = ["true"]\n}',
  },
  ...[
    'regex("a", "a")',
    'regexall("a", "a")',
    'templatefile("/dev/null", {})',
    'startswith("ab", "a")',
    'endswith("ab", "b")',
    'strcontains("ab", "a")',
    'alltrue([true])',
    'anytrue([true])',
    'sum([1])',
    'filebase64("/dev/null")',
  ].map((call) => ({
    pattern: new RegExp(`\\b${call.slice(0, call.indexOf('('))}\\(`),
    where: 'top' as const,
    example: `locals {\n  x = ${call}\n}`,
  })),
]

const withExample = ({ where, example }: (typeof onlyNewer)[number]): string =>
  `source "null" "x" {\n  communicator = "none"\n}\nbuild {\n  sources = ["source.null.x"]\n${
    where === 'build' ? example : ''
  }\n}\n${where === 'top' ? example : ''}\n`

const templates = readdirSync(join(root, 'packer')).filter((name) => name.endsWith('.hbs'))

test('every template stays within what all generations of Packer read', (t) => {
  t.true(templates.length > 0)
  for (const name of templates) {
    const text = readFileSync(join(root, 'packer', name), 'utf8').replace(/^\s*#.*$/gm, '')
    for (const { pattern } of onlyNewer) t.notRegex(text, pattern, `packer/${name}`)
    // The others are plugins of their own in newer generations, or are not told apart from those.
    for (const [, kind, type] of text.matchAll(/^\s*(source|provisioner|post-processor)\s+"([^"]+)"/gm))
      t.true(['null', 'shell-local'].includes(type ?? ''), `packer/${name}: ${kind} ${type}`)
    t.regex(text, /required_version\s*=\s*">= 1\.6\.6"/)
  }
})

for (const { program, version } of packers) {
  if (/^1\.6\./.test(version))
    test(`Packer ${version} refuses each construct that the templates keep away from`, async (t) => {
      for (const construct of onlyNewer) {
        t.regex(construct.example, construct.pattern)
        const folder = await temporaryFolder(t)
        await writeFile(join(folder, 'x.pkr.hcl'), withExample(construct))
        const { status, output } = runPacker(program, ['validate', folder], folder)
        t.is(status, 1, `${construct.example}\n${output}`)
      }
    })

  test(`Packer ${version}: the rendered template is valid, and runs its steps in order up to the first that fails`, async (t) => {
    const folder = await temporaryFolder(t)
    const [step, trace] = [join(folder, 'step.sh'), join(folder, 'trace')]
    await writeFile(
      step,
      `#!/bin/bash\necho "$BOXHOUND_LAYER <$BOXHOUND_PARENT>" >>${trace}\n[[ $BOXHOUND_LAYER != agent ]]\n`,
    )
    await chmod(step, 0o755)
    const template = async (names: readonly PlannedLayer['name'][]): Promise<void> => {
      const layers = names.map((name, index) => ({ name, id: sha256(name), parent: names[index - 1] ?? null }))
      const text = renderPackerTemplate(layers, { tool: root, root, out: '', cache: '' })
      await writeFile(join(folder, 'chroot.pkr.hcl'), text.replaceAll(`${root}/packer/chroot/layer.sh`, step))
    }
    const build = (): number | null =>
      runPacker(program, ['build', '-color=false', '-on-error=abort', folder], folder).status
    await template(['image', 'base'])
    const { status, output } = runPacker(program, ['validate', folder], folder)
    t.is(status, 0, output)
    t.is(build(), 0)
    t.is(await readFile(trace, 'utf8'), 'image <>\nbase <image>\n')
    await rm(trace)
    await template(['base', 'agent', 'seal'])
    t.is(build(), 1)
    t.is(await readFile(trace, 'utf8'), 'base <>\nagent <base>\n')
  })
}

test('which generations these tests ran on', (t) => {
  t.log(packers.map(({ version }) => version).join(', '))
  t.true(packers.length > 0)
})
