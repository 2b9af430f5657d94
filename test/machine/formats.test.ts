import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { assertWhole } from './_image.ts'
import { type TinyProject, tinyProject } from './_project.ts'
import { bake, type Ended } from './_run.ts'
import { tracesOf } from './_traces.ts'

/** Names the formats in the box file. */
const ask = (project: TinyProject, ...formats: string[]): void => {
  const path = join(project.root, 'boxes/one.yaml')
  const text = readFileSync(path, 'utf8').replace(/^image:.*\n/m, '')
  writeFileSync(path, formats.length === 0 ? text : `${text}image: { formats: [${formats.join(', ')}] }\n`)
}

const published = ({ out }: TinyProject, name: string): string => join(out, 'one', name)

/** Every published file fits SHA256SUMS, and nothing else is listed. */
const assertListed = (t: ExecutionContext, project: TinyProject, formats: readonly string[]): void => {
  const { status, stdout, stderr } = spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], {
    cwd: published(project, ''),
    encoding: 'utf8',
  })
  t.is(status, 0, stderr)
  const names = [...formats.map((format) => `one.${format}`), 'expectations.json', 'manifest.json']
  t.deepEqual(stdout.trimEnd().split('\n').sort(), names.map((name) => `${name}: OK`).sort())
}

test('a format more is only published, a format less is removed and told; whatever is missing is made again', async (t) => {
  const project = await tinyProject(t)
  const run = async (...words: string[]): Promise<Ended> => {
    const ended = await bake(project, 'one', words)
    t.is(ended.code, 0, ended.stderr)
    t.deepEqual(tracesOf(project), [])
    return ended
  }
  await run()
  assertListed(t, project, ['qcow2'])
  const first = await assertWhole(t, project, 'one')

  ask(project, 'qcow2', 'vmdk', 'raw', 'vhd')
  const more = (await run()).stdout
  for (const step of ['image', 'base', 'agent', 'seal', 'publish'])
    t.regex(more, new RegExp(`^ {2}${step} +cached`, 'm'))
  for (const format of ['raw', 'vmdk', 'vhd'])
    t.regex(more, new RegExp(`^ {2}as ${format} +built +[\\d.]+ s +[\\d.]+ MB$`, 'm'))
  assertListed(t, project, ['qcow2', 'raw', 'vmdk', 'vhd'])
  const all = await assertWhole(t, project, 'one')
  t.deepEqual(all?.image, first?.image, 'the image that was verified is the one that is published')
  for (const [format, driver] of [
    ['raw', 'raw'],
    ['vmdk', 'vmdk'],
    ['vhd', 'vpc'],
  ] as const) {
    const files = [published(project, 'one.qcow2'), published(project, `one.${format}`)]
    const compared = spawnSync('qemu-img', ['compare', '-f', 'qcow2', '-F', driver, ...files], { encoding: 'utf8' })
    t.is(compared.status, 0, `${format}: ${compared.stdout}${compared.stderr}`)
  }
  t.regex((await run()).stdout, /is up to date/)

  for (const name of ['one.vhd', 'SHA256SUMS', 'expectations.json']) {
    rmSync(published(project, name))
    const again = JSON.parse((await run('--json')).stdout)
    t.deepEqual(again.image, first?.image, `without ${name}`)
    t.true(existsSync(published(project, name)), name)
    assertListed(t, project, ['qcow2', 'raw', 'vmdk', 'vhd'])
  }
  writeFileSync(published(project, 'SHA256SUMS'), 'another list\n')
  await run()
  assertListed(t, project, ['qcow2', 'raw', 'vmdk', 'vhd'])

  ask(project, 'qcow2', 'raw')
  const less = await run()
  t.regex(less.stderr, /one\.vmdk is removed: [^\n]*\n[^\n]*one\.vhd is removed: /)
  t.false(existsSync(published(project, 'one.vhd')))
  assertListed(t, project, ['qcow2', 'raw'])
  t.regex((await run()).stdout, /is up to date/)
})
