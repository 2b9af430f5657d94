import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { z } from 'zod'
import { has, temporaryFolder } from '../render/_render.ts'
import { blocksOf } from './_blocks.ts'

const blocks = blocksOf('pipelines')
const textOf = (language: string, start: string): string =>
  blocks.find((one) => one.language === language && one.text.startsWith(start))?.text ?? ''

const runsPacker = has('packer') ? test : test.skip

runsPacker('the Packer recipe is valid to Packer, with a source of its own in place of the user’s', (t) => {
  const folder = temporaryFolder(t)
  const source = `source "null" "base" {\n  communicator = "ssh"\n  ssh_host     = "192.0.2.1"\n  ssh_username = "a"\n  ssh_password = "a"\n}\n`
  const recipe = textOf('hcl', 'build {').replace('source.amazon-ebs.base', 'source.null.base')
  t.true(recipe.includes('source.null.base'))
  mkdirSync(join(folder, 'out/ubuntu'), { recursive: true })
  writeFileSync(join(folder, 'out/ubuntu/provision-image.sh'), 'true\n')
  writeFileSync(join(folder, 'recipe.pkr.hcl'), source + recipe)
  const validate = () => spawnSync('packer', ['validate', 'recipe.pkr.hcl'], { cwd: folder, encoding: 'utf8' })
  const { status, stdout, stderr } = validate()
  t.is(status, 0, stdout + stderr)
  writeFileSync(join(folder, 'recipe.pkr.hcl'), source + recipe.replace('inline', 'inlined'))
  t.not(validate().status, 0, 'an unknown setting is told')
})

/** A component document of AWS TOE, as far as the recipe uses it: schemaVersion is a number, names are words. */
const step = z.discriminatedUnion('action', [
  z.strictObject({
    name: z.string().regex(/^\w+$/),
    action: z.literal('S3Download'),
    inputs: z.array(
      z.strictObject({ source: z.string().startsWith('s3://'), destination: z.string().startsWith('/') }),
    ),
  }),
  z.strictObject({
    name: z.string().regex(/^\w+$/),
    action: z.literal('ExecuteBash'),
    inputs: z.strictObject({ commands: z.array(z.string()) }),
  }),
])
const component = z.strictObject({
  name: z.string(),
  description: z.string(),
  schemaVersion: z.literal(1),
  phases: z.array(z.strictObject({ name: z.enum(['build', 'validate', 'test']), steps: z.array(step) })),
})

test('the EC2 component has the shape that is documented, and stops at the first command that fails', (t) => {
  const { phases } = component.parse(parse(textOf('yaml', 'name: boxhound')))
  const commands = phases.flatMap(({ steps }) =>
    steps.flatMap((one) => (one.action === 'ExecuteBash' ? one.inputs.commands : [])),
  )
  t.is(commands[0], 'set -e')
  t.is(commands.at(-1), 'bash /var/tmp/provision-image.sh')
  t.true(commands.some((line) => line.endsWith('| sha256sum --check')))
})

test('the user data runs the script in a unit of its own, after its digest', (t) => {
  const text = textOf('yaml', '#cloud-config')
  const { runcmd } = z.strictObject({ runcmd: z.array(z.array(z.string())) }).parse(parse(text))
  const script = runcmd[0]?.at(-1) ?? ''
  t.deepEqual(runcmd[0]?.slice(0, -1), ['systemd-run', '--unit=boxhound-image', 'bash', '-ec'])
  t.is(spawnSync('bash', ['-n'], { input: script }).status, 0)
  t.true(script.indexOf('sha256sum --check') < script.indexOf('bash /var/tmp/provision-image.sh'))
})
