import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { boxTexts, diskFile } from '../../scripts/lib/package/contents.ts'
import { type Hardware, readHardware } from '../../scripts/lib/package/hardware.ts'
import { macOf } from '../../scripts/lib/package/ovf.ts'
import { type Provider, providers } from '../../scripts/lib/package/providers.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { has, output } from '../render/_render.ts'
import { published } from './_records.ts'

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)))
const hardware: Hardware = { memoryMiB: 1536, cpus: 3, bootTimeout: 77 }
const app = {
  port: 5051,
  service: 'trial-app',
  env: 'trial',
  version: '1.0.0',
  unit: 'trial-app.service',
  log: '/var/log/trial-app/app.log',
  routes: [],
  source: 'python',
  accounts: [],
  groups: {},
}

const textOf = (provider: Provider, file: string, given: Parameters<typeof published>[0] = { app }): string => {
  const text = boxTexts(provider, published(given), hardware, project).get(file)
  if (text === undefined) throw new Error(`no ${file}`)
  return text
}

/** Stands in for Vagrant: every call and assignment of a Vagrantfile as `[["vm.boot_timeout=", 600], …]`. */
const recorder = `
require 'json'
CALLS = []
class Recorder < BasicObject
  def initialize(path) = @path = path
  def respond_to_missing?(*) = true
  def method_missing(name, *words, **named, &block)
    path = [*@path, name]
    if block
      block.call(::Recorder.new([*path, *words]))
    elsif words.empty? && named.empty?
      ::Recorder.new(path)
    else
      ::CALLS << [path.join('.'), *words, *(named.empty? ? [] : [named])]
    end
  end
end
module Vagrant
  def self.configure(version) = (CALLS << ['configure', version]; yield Recorder.new([]))
end
text = STDIN.read
eval(text, TOPLEVEL_BINDING, 'Vagrantfile')
puts JSON.generate(CALLS)
`

const callsOf = (text: string): ReadonlyMap<string, readonly unknown[]> => {
  const calls: [string, ...unknown[]][] = JSON.parse(output('ruby', ['-e', recorder], text).toString('utf8'))
  return new Map(calls.map(([name, ...words]) => [name, words]))
}

// Without Ruby there is nobody who reads a Vagrantfile; on CI there is one.
const withRuby = has('ruby') || process.env.CI !== undefined ? test : test.skip

test('small files come in the order in which a reader wants them', (t) => {
  for (const provider of providers)
    t.deepEqual(
      [...boxTexts(provider, published(), hardware, project).keys()],
      ['metadata.json', 'info.json', 'Vagrantfile'],
    )
})

test('libvirt: metadata names the one disk as vagrant-libvirt 0.11 reads it, and the image gives the volume its name', (t) => {
  t.deepEqual(JSON.parse(textOf('libvirt', 'metadata.json')), {
    provider: 'libvirt',
    format: 'qcow2',
    disks: [{ path: 'box_0.img', name: 'small-abc1230f55555555' }],
  })
  t.is(diskFile('libvirt'), 'box_0.img')
})

test('virtualbox: metadata names the provider, the rest is in box.ovf', (t) => {
  t.deepEqual(JSON.parse(textOf('virtualbox', 'metadata.json')), { provider: 'virtualbox' })
  t.is(diskFile('virtualbox'), 'box.vmdk')
})

test('info.json tells which box, version, image and Agent it is, the same for both providers', (t) => {
  const info = JSON.parse(textOf('libvirt', 'info.json'))
  t.like(info, { box: 'small', version: '1.0.0', image: `sha256:${'abc1230f'.padEnd(64, '5')}`, agent: '7.83.0+lab' })
  t.regex(info.boxhound, /^\d+\.\d+\.\d+/)
  t.deepEqual(JSON.parse(textOf('virtualbox', 'info.json')), info)
})

for (const provider of providers) {
  for (const [what, given] of [
    ['with an app', { app }],
    ['without one', { app: null }],
  ] as const)
    withRuby(`${provider}: the Vagrantfile of a box ${what} is sound Ruby, without a warning`, (t) => {
      t.is(output('ruby', ['-wc'], textOf(provider, 'Vagrantfile', given)).toString('utf8'), 'Syntax OK\n')
    })

  withRuby(
    `${provider}: its Vagrantfile gives the machine its hardware, time to boot, and no folder of the host`,
    (t) => {
      const calls = callsOf(textOf(provider, 'Vagrantfile'))
      t.deepEqual(calls.get('configure'), ['2'])
      t.deepEqual(calls.get('vm.boot_timeout='), [77])
      t.deepEqual(calls.get('vm.synced_folder'), ['.', '/vagrant', { disabled: true }])
      t.deepEqual(calls.get(`vm.provider.${provider}.memory=`), [1536])
      t.deepEqual(calls.get(`vm.provider.${provider}.cpus=`), [3])
    },
  )

  withRuby(
    `${provider}: the app’s port is forwarded on this machine’s loopback alone, and to another when it is taken`,
    (t) => {
      const [kind, options] = callsOf(textOf(provider, 'Vagrantfile')).get('vm.network') ?? []
      t.is(kind, 'forwarded_port')
      t.like(options as object, { guest: 5051, host: 5051, host_ip: '127.0.0.1', auto_correct: true })
    },
  )

  test(`${provider}: a box without an app forwards no port`, (t) => {
    t.notRegex(textOf(provider, 'Vagrantfile', { app: null }), /forwarded_port|vm\.network/)
  })

  test(`${provider}: the same image gives the same files from another checkout, and nothing in them of a machine`, async (t) => {
    const root = await temporaryFolder(t)
    cpSync(join(project.tool, 'packer/vagrant'), join(root, 'packer/vagrant'), { recursive: true })
    const texts = [...boxTexts(provider, published({ app }), hardware, project)]
    t.deepEqual(
      [...boxTexts(provider, { ...published({ app }), image: '/x' }, hardware, { ...project, tool: root })],
      texts,
    )
    for (const [name, text] of texts) {
      t.notRegex(text, /\/home\/somebody/, name)
      t.false(text.includes(project.tool), name)
    }
  })
}

withRuby('virtualbox: base_mac is the address in box.ovf', (t) => {
  t.deepEqual(callsOf(textOf('virtualbox', 'Vagrantfile')).get('vm.base_mac='), [macOf(published().sha256)])
})

test('another image is another volume, another address and another info.json', (t) => {
  const other = { ...published({ app }), sha256: 'f'.repeat(64) }
  for (const [provider, file] of [
    ['libvirt', 'metadata.json'],
    ['libvirt', 'info.json'],
    ['virtualbox', 'Vagrantfile'],
  ] as const)
    t.not(boxTexts(provider, other, hardware, project).get(file), textOf(provider, file), file)
})

test('packer/vagrant/hardware.yaml is read, and has nothing that a machine could not have', async (t) => {
  const { memoryMiB, cpus, bootTimeout } = await readHardware(project)
  t.true(memoryMiB >= 512 && cpus >= 1 && bootTimeout >= 60)
})
