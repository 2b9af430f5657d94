import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { writeRendered } from '../../scripts/lib/render/write.ts'
import { renderNamed } from './_project.ts'
import { temporaryFolder } from './_render.ts'

test('a tree has a folder per layer, with modes that do not depend on the umask', async (t) => {
  const parent = temporaryFolder(t)
  const out = join(parent, 'deep/out')
  const before = process.umask(0o077)
  t.teardown(() => process.umask(before))
  await writeRendered(await renderNamed('full'), out)
  t.deepEqual(readdirSync(out), ['expectations.json', 'layers'])
  t.deepEqual(readdirSync(join(out, 'layers')), [
    '10-base',
    '20-agent',
    '30-database',
    '40-app',
    '50-checks',
    '90-seal',
  ])
  const mode = (path: string) => (statSync(join(out, 'layers', path)).mode & 0o777).toString(8)
  t.is(mode('10-base/root/usr/lib/boxhound/tool'), '755')
  t.is(mode('50-checks/root/etc/datadog-agent/conf.d/source.d/conf.yaml'), '640')
  t.is(mode('90-seal/scripts/01-seal.sh'), '755')
  const { name, files, spec } = JSON.parse(readFileSync(join(out, 'layers/10-base/layer.json'), 'utf8'))
  t.is(name, 'base')
  t.deepEqual(files[0], {
    path: 'etc/boxhound/box.json',
    mode: '0644',
    source: 'provision/10-base/root/etc/boxhound/box.json.hbs',
    language: 'json',
  })
  t.deepEqual(spec.units.enable, ['first.service'])
})

test('an earlier tree is replaced as a whole and nothing temporary stays', async (t) => {
  const parent = temporaryFolder(t)
  await writeRendered(await renderNamed('full'), join(parent, 'out'))
  await writeRendered(await renderNamed('bare'), join(parent, 'out'))
  t.deepEqual(readdirSync(join(parent, 'out/layers')), ['10-base', '20-agent', '90-seal'])
  t.deepEqual(readdirSync(parent), ['out'])
})

test('two renders of one box are the same to the byte', async (t) => {
  const parent = temporaryFolder(t)
  for (const name of ['a', 'b']) await writeRendered(await renderNamed('full'), join(parent, name))
  t.notThrows(() => execFileSync('diff', ['-r', '--', join(parent, 'a'), join(parent, 'b')]))
})

test('a folder that holds anything else is left alone', async (t) => {
  const parent = temporaryFolder(t)
  mkdirSync(join(parent, 'layers'))
  writeFileSync(join(parent, 'thesis.txt'), 'years')
  const error = await t.throwsAsync(writeRendered(await renderNamed('bare'), parent), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  t.is(readFileSync(join(parent, 'thesis.txt'), 'utf8'), 'years')
})
