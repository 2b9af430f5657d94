import { cpSync } from 'node:fs'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { macOf, type OvfMachine, ovfText } from '../../scripts/lib/package/ovf.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { cot } from './_cot.ts'
import { all, type Element, itemsOf, only, parseOvf } from './_ovf.ts'

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)))
const digest = 'abc1230f'.padEnd(64, '5')
const machine: OvfMachine = {
  name: 'lab',
  system: { cim: 96, vbox: 'Debian_64' },
  disk: { file: 'box.vmdk', bytes: 203_034_112, virtualBytes: 4_294_967_296 },
  memoryMiB: 3072,
  cpus: 3,
  mac: macOf(digest),
}

const envelopeOf = (given: Partial<OvfMachine> = {}): Element => parseOvf(ovfText({ ...machine, ...given }, project))

/** The one hardware item of a CIM resource type. */
const itemOf = (envelope: Element, type: number): Readonly<Record<string, string>> => {
  const [item, ...others] = itemsOf(envelope).filter(({ ResourceType }) => ResourceType === String(type))
  if (item === undefined || others.length > 0) throw new Error(`not one item of type ${type}`)
  return item
}

test('the address is of VirtualBox’s own range and the image decides it', (t) => {
  t.is(macOf(digest), '080027ABC123')
  t.not(macOf('f'.repeat(64)), macOf(digest))
})

test('every value is where a reader looks for it', (t) => {
  const envelope = envelopeOf()
  t.is(envelope.name, 'ovf:Envelope')
  t.is(envelope.attributes['ovf:version'], '1.0')
  t.like(only(envelope, 'ovf:File').attributes, { 'ovf:href': 'box.vmdk', 'ovf:size': '203034112' })
  t.like(only(envelope, 'ovf:Disk').attributes, {
    'ovf:capacity': '4294967296',
    'ovf:format': 'http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized',
  })
  t.is(only(envelope, 'ovf:VirtualSystem').attributes['ovf:id'], 'lab')
  t.is(only(envelope, 'vssd:VirtualSystemIdentifier').text, 'lab')
  t.is(itemOf(envelope, 3).VirtualQuantity, '3')
  t.is(itemOf(envelope, 4).VirtualQuantity, '3072')
  t.is(itemOf(envelope, 10).Address, '08:00:27:AB:C1:23')
})

test('the system has its name for VirtualBox and its number of CIM for others', (t) => {
  const section = only(envelopeOf({ system: { cim: 94, vbox: 'Ubuntu_64' } }), 'ovf:OperatingSystemSection')
  t.is(section.attributes['ovf:id'], '94')
  t.is(only(section, 'vbox:OSType').text, 'Ubuntu_64')
})

test('every reference leads to the one thing that it names', (t) => {
  const envelope = envelopeOf()
  const [file, disk] = [only(envelope, 'ovf:File'), only(envelope, 'ovf:Disk')]
  t.is(disk.attributes['ovf:fileRef'], file.attributes['ovf:id'])
  const drive = itemOf(envelope, 17)
  t.is(drive.HostResource, `ovf:/disk/${disk.attributes['ovf:diskId']}`)
  t.is(drive.Parent, itemOf(envelope, 20).InstanceID)
  t.is(itemOf(envelope, 10).Connection, only(envelope, 'ovf:Network').attributes['ovf:name'])
  const ids = itemsOf(envelope).map(({ InstanceID }) => InstanceID)
  t.is(new Set(ids).size, ids.length)
  t.true(ids.every((one) => /^[1-9]\d*$/.test(one ?? '')))
})

// ovfreader.cpp and ApplianceImplImport.cpp of VirtualBox: another word is an error, or silently another device.
test('every word that VirtualBox compares is one that it knows', (t) => {
  const envelope = envelopeOf()
  t.is(itemOf(envelope, 4).AllocationUnits, 'byte * 2^20')
  t.is(itemOf(envelope, 20).ResourceSubType, 'AHCI')
  t.regex(itemOf(envelope, 20).Caption ?? '', /^sataController/)
  t.is(itemOf(envelope, 10).ResourceSubType, 'VirtioNet')
  t.is(itemOf(envelope, 10).Connection, 'NAT')
  t.true(only(envelope, 'vssd:VirtualSystemType').text.startsWith('virtualbox-'))
  t.deepEqual(all(envelope, 'vbox:Machine'), [])
})

test('items hold what the schema knows, in its order', (t) => {
  for (const { children } of all(envelopeOf(), 'ovf:Item')) {
    const names = children.map(({ name }) => name)
    t.deepEqual(names, [...new Set(names)].sort())
    for (const name of ['rasd:ElementName', 'rasd:InstanceID', 'rasd:ResourceType']) t.true(names.includes(name), name)
  }
})

test('a name with signs of XML comes back as it was', (t) => {
  const name = `a<b> & "c" 'd' ]]> é`
  const envelope = envelopeOf({ name })
  t.is(only(envelope, 'ovf:VirtualSystem').attributes['ovf:id'], name)
  t.is(only(envelope, 'vssd:VirtualSystemIdentifier').text, name)
})

test('the same machine gives the same text from another checkout at another time', async (t) => {
  const root = await temporaryFolder(t)
  cpSync(join(project.tool, 'packer/vagrant'), join(root, 'packer/vagrant'), { recursive: true })
  const text = ovfText(machine, project)
  t.is(ovfText(machine, { ...project, tool: root }), text)
  t.false(text.includes(project.tool))
  t.true(text.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n'))
})

const read = cot()
// Without a package index there is no second reader; on CI that is a failure.
const withReader = read === undefined && process.env.CI === undefined ? test.skip : test

/** COT's view of an OVF that lies beside a file of the disk's size. */
const secondView = async (t: ExecutionContext, change: (text: string) => string = (text) => text): Promise<string> => {
  if (read === undefined) throw new Error('no COT on this machine')
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'box.vmdk'), '')
  await truncate(join(folder, 'box.vmdk'), machine.disk.bytes)
  await writeFile(join(folder, 'box.ovf'), change(ovfText(machine, project)))
  return read(join(folder, 'box.ovf'))
}

withReader('a second reader, COT, sees the same machine and complains of nothing', async (t) => {
  const view = await secondView(t)
  t.notRegex(view, /WARNING|ERROR|CRITICAL/)
  t.regex(view, /box\.vmdk 193\.6 MiB 4 GiB harddisk @ SATA 0:0\n File ID: file1\n Disk ID: disk1\n/)
  t.regex(view, /System types: virtualbox-2\.2\n/)
  t.regex(view, /Ethernet device types: VirtioNet\n/)
  t.regex(view, /None \(default\) 3 3 GiB 1 0 1 \/ 4 GiB\n/)
  t.regex(view, /Ethernet adapter on NAT : NAT\n/)
})

for (const [what, from, to, seen] of [
  ['another size of the file', 'ovf:size="203034112"', 'ovf:size="5"', /WARNING.*expected to be 5 bytes/],
  ['a disk without its file', 'ovf:fileRef="file1"', 'ovf:fileRef="file2"', /\(disk placeholder\)/],
  ['a drive without its disk', 'ovf:/disk/disk1', 'ovf:/disk/disk9', /box\.vmdk 193\.6 MiB 4 GiB ?\n/],
  ['a drive without its controller', '<rasd:Parent>3', '<rasd:Parent>9', /harddisk @ \(\?\)/],
] as const)
  withReader(`COT notices ${what}`, async (t) => {
    t.regex(await secondView(t, (text) => text.replace(from, to)), seen)
  })
