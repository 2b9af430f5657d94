import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { parse, parseDocument } from 'yaml'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import type { Box } from '../../scripts/lib/box/box.ts'
import { vagrantFiles, writeVagrantTree } from '../../scripts/lib/package/layer.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { box, system } from '../plan/_rendered.ts'

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)))
const step = 'usr/lib/boxhound/first-boot.d/early/50-vagrant'
const seed = 'etc/cloud/cloud.cfg.d/95-vagrant.cfg'

const bases: readonly Box['base'][] = [
  { kind: 'image', image: 'https://images.example/noble.img', sha256: 'e'.repeat(64), system },
  { kind: 'lab-image', release: 'cloud', system },
]

const textOf = (own: Box, path: string): string => {
  const found = vagrantFiles(own, project).find((one) => one.path === path)
  if (found === undefined) throw new Error(`no ${path}`)
  return found.content.toString('utf8')
}

test('without cloud-init the layer is the one step of the first boot, which may be executed', (t) => {
  t.deepEqual(
    vagrantFiles(box, project).map(({ path, mode }) => [path, mode]),
    [[step, 0o755]],
  )
})

for (const base of bases)
  test(`${base.kind}: with cloud-init it is what takes a seed’s place as well`, (t) => {
    const files = vagrantFiles({ ...box, base }, project)
    t.deepEqual(files.map(({ path, mode }) => [path, mode]).sort(), [
      [seed, 0o644],
      [step, 0o755],
    ])
  })

test('the seed is YAML without a warning: NoCloud with data of its own, and None, so that no cloud is looked for', (t) => {
  for (const base of bases) {
    const document = parseDocument(textOf({ ...box, base }, seed))
    t.deepEqual([...document.errors, ...document.warnings], [])
    const { datasource_list: list, datasource } = document.toJS()
    t.deepEqual(list, ['NoCloud', 'None'])
    t.deepEqual(datasource.NoCloud['meta-data'], { 'instance-id': 'boxhound-vagrant' })
    t.is(typeof datasource.NoCloud['user-data'], 'string')
    t.deepEqual(Object.keys(datasource.NoCloud).sort(), ['meta-data', 'user-data'])
  }
})

test('its user-data is a cloud-config that makes no user', (t) => {
  for (const base of bases) {
    const text: string = parse(textOf({ ...box, base }, seed)).datasource.NoCloud['user-data']
    t.regex(text, /^#cloud-config\n/)
    t.deepEqual(parse(text), { users: [] })
  }
})

test('the key that the step lets in is one line that OpenSSH reads, and the one that Vagrant comes with', async (t) => {
  const [, key = ''] = /^known_key='([^'\n]+)'$/m.exec(textOf(box, step)) ?? []
  const { status, stdout } = spawnSync('ssh-keygen', ['-lf', '-'], { input: `${key}\n`, encoding: 'utf8' })
  t.is(status, 0)
  t.regex(stdout, /^2048 SHA256:\S+ vagrant insecure public key \(RSA\)\n$/)
  const gems = '/usr/share/rubygems-integration/all/gems'
  const installed = existsSync(gems) ? (await readdir(gems)).filter((name) => /^vagrant-[\d.]+$/.test(name)) : []
  for (const name of installed) {
    const own = readFileSync(join(gems, name, 'keys/vagrant.pub'), 'utf8')
    t.is(key.split(' ')[1], own.split(/\s/)[1], name)
  }
})

test.serial('the tree mirrors the guest’s /, with modes that no umask changes', async (t) => {
  const before = process.umask(0o077)
  t.teardown(() => process.umask(before))
  const folder = join(await temporaryFolder(t), 'tree')
  const files = vagrantFiles({ ...box, base: bases[0] ?? box.base }, project)
  await writeVagrantTree(files, folder)
  for (const { path, mode, content } of files) {
    t.is((await stat(join(folder, path))).mode & 0o7777, mode, path)
    t.deepEqual(await readFile(join(folder, path)), content, path)
  }
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  t.is(all.filter((entry) => !entry.isDirectory()).length, files.length)
})
