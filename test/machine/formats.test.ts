import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { assertWhole } from './_image.ts'
import { type TinyProject, tinyProject } from './_project.ts'
import { randomFrom } from './_random.ts'
import { bake, type Ended, startVerb } from './_run.ts'
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
  const first = await assertWhole(t, 'one', project)

  ask(project, 'qcow2', 'vmdk', 'raw', 'vhd')
  const more = (await run()).stdout
  for (const step of ['image', 'base', 'agent', 'seal', 'publish'])
    t.regex(more, new RegExp(`^ {2}${step} +cached`, 'm'))
  for (const format of ['raw', 'vmdk', 'vhd'])
    t.regex(more, new RegExp(`^ {2}as ${format} +built +[\\d.]+ s +[\\d.]+ MB$`, 'm'))
  assertListed(t, project, ['qcow2', 'raw', 'vmdk', 'vhd'])
  const all = await assertWhole(t, 'one', project)
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
  t.regex(less.stderr, /one\.vmdk was removed: [^\n]*\n[^\n]*one\.vhd was removed: /)
  t.false(existsSync(published(project, 'one.vhd')))
  assertListed(t, project, ['qcow2', 'raw'])
  t.regex((await run()).stdout, /is up to date/)

  // As a bake leaves it that is killed before it removes what is stale.
  writeFileSync(published(project, 'one.vmdk'), 'stale')
  t.regex((await run()).stderr, /one\.vmdk was removed/)
  t.false(existsSync(published(project, 'one.vmdk')))
  t.deepEqual((await assertWhole(t, 'one', project))?.image, first?.image)
})

const kills = 6

test(`fault 26: publishing that is killed at any of ${kills} moments is a whole set or is seen to be none`, async (t) => {
  const seed = Number(process.env.BOXHOUND_SEED ?? Date.now() % 1_000_000)
  t.log(`seed ${seed}: BOXHOUND_SEED=${seed} repeats these moments`)
  const random = randomFrom(seed)
  const project = await tinyProject(t)
  const formats = ['qcow2', 'raw', 'vmdk', 'vhd']
  ask(project, ...formats)
  t.is((await bake(project)).code, 0)
  let [length, broken] = [0, 0]
  for (let round = 0; round <= kills; round++) {
    const begin = performance.now()
    rmSync(published(project, 'one.qcow2')) // then all formats are made anew
    const { child, ended } = startVerb(project, ['bake', 'one', '--no-verify'])
    if (round > 0) {
      await Promise.race([ended, delay(length * random())])
      child.kill('SIGKILL')
    }
    await ended
    if (round === 0) length = performance.now() - begin
    const whole = spawnSync('sha256sum', ['-c', '--status', 'SHA256SUMS'], { cwd: published(project, '') }).status === 0
    if (!whole) broken += 1
    const next = await bake(project)
    t.is(next.code, 0, next.stderr)
    if (!whole) t.notRegex(next.stdout, /is up to date/)
    assertListed(t, project, formats)
    t.deepEqual(tracesOf(project), [])
  }
  t.log(`${broken} of ${kills} left a set that was not whole`)
  t.true(broken > 0)
})
