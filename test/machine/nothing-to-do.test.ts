import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { imagePath } from '../../scripts/lib/bake/manifest.ts'
import { tinyProject, write } from './_project.ts'
import { bake, type Ended } from './_run.ts'

/** A packer that notes how it is called, and with how many steps, before it becomes the real one. */
const recorder = (log: string, real: string): string =>
  `#!/bin/bash\n[[ $1 != build ]] || printf 'build %s\\n' "$(grep -c '^  provisioner' "\${!#}/chroot.pkr.hcl")" >>${log}\nexec ${real} "$@"\n`

test('one packer build per bake with only the missing layers; none when there is nothing to do', async (t) => {
  const project = await tinyProject(t)
  const [bin, log] = [join(project.tool, 'bin'), join(project.tool, 'calls')]
  mkdirSync(bin)
  writeFileSync(join(bin, 'packer'), recorder(log, '/usr/bin/packer'))
  chmodSync(join(bin, 'packer'), 0o755)
  const calls = (): string[] => {
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []
    rmSync(log, { force: true })
    return lines
  }
  const run = async (...words: string[]): Promise<Ended> => {
    const ended = await bake(project, 'one', words, { PATH: `${bin}:${process.env.PATH}` })
    t.is(ended.code, 0, ended.stderr)
    return ended
  }
  await run()
  t.deepEqual(calls(), ['build 4'], 'all layers')
  t.regex((await run()).stdout, /is up to date/)
  t.deepEqual(calls(), [], 'nothing to do')
  write('provision/90-seal/provision.sh', 'echo other >/root/sealed\n', project)
  await run('--draft')
  t.deepEqual(calls(), [], 'the draft has no seal, and nothing below it changed')
  await run()
  t.deepEqual(calls(), ['build 1'], 'the seal alone')
  write('provision/20-agent/provision.sh', 'echo other >/root/content\n', project)
  await run('--draft')
  t.deepEqual(calls(), ['build 1'], 'the agent layer alone')
  const draft = JSON.parse(readFileSync(join(project.out, 'one/draft.json'), 'utf8'))
  t.is(draft.sha256, createHash('sha256').update(readFileSync(draft.file)).digest('hex'), 'up --draft boots this file')
  await run()
  t.deepEqual(calls(), ['build 1'], 'the seal on the draft’s layers')
  rmSync(imagePath('one', project))
  await run()
  t.deepEqual(calls(), [], 'a lost image is published again from its layers')
})

test('--json prints one document on stdout: the manifest, then the same without a bake', async (t) => {
  const project = await tinyProject(t)
  const first = JSON.parse((await bake(project, 'one', ['--json'])).stdout)
  t.deepEqual(Object.keys(first.image).sort(), ['bytes', 'file', 'format', 'modified', 'sha256', 'virtualBytes'])
  t.deepEqual(first.images, [first.image])
  t.deepEqual(first.packages, [{ name: 'tiny', version: '1.0', source: 'tiny' }])
  t.deepEqual(JSON.parse((await bake(project, 'one', ['--json'])).stdout), first)
  t.deepEqual(JSON.parse(readFileSync(join(project.out, 'one/manifest.json'), 'utf8')), first)
})
