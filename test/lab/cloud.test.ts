import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { $, fs } from 'zx'

const lab = new URL('../../lab/cloud/', import.meta.url).pathname
const quiet = $({ quiet: true, nothrow: true })
const sector = 512

let folder: string
const at = (...names: string[]): string => join(folder, ...names)

test.before(async () => {
  // A short path: gpg-agent's socket lies in it, and a socket's path has 108 bytes.
  folder = await fs.mkdtemp(join(tmpdir(), 'bhc-'))
})

test.after.always(async () => {
  await fs.remove(folder)
})

const layout = ['1:linux:2099200:7339998', '14:bios:2048:10239', '15:esp:10240:227327', '16:xbootldr:227328:2097152']

/** A disk of the cloud image's size with nothing on it; sparse. */
async function makeDisk(name: string): Promise<string> {
  await fs.writeFile(at(name), '')
  await fs.truncate(at(name), 3758096384)
  return at(name)
}

interface Table {
  readonly label: string
  readonly lastlba: number
  readonly partitions: readonly { node: string; start: number; size: number; type: string; uuid: string }[]
}

/** What another program reads from a disk. */
async function read(disk: string): Promise<Table> {
  const shown = await quiet`sfdisk --json ${disk}`
  return (JSON.parse(shown.stdout) as { partitiontable: Table }).partitiontable
}

async function overwrite(disk: string, position: number, bytes: Uint8Array): Promise<void> {
  const file = await fs.open(disk, 'r+')
  await fs.write(file, bytes, 0, bytes.length, position)
  await fs.close(file)
}

/** The first bytes of a disk. */
async function beginning(disk: string, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes)
  const file = await fs.open(disk, 'r')
  await fs.read(file, buffer, 0, bytes, 0)
  await fs.close(file)
  return buffer
}

test('the table has the numbers, places and types of Ubuntu’s image, in the order of the disk', async (t) => {
  const disk = await makeDisk('table')
  t.is((await quiet`${lab}gpt.py ${disk} ${layout}`).exitCode, 0)
  const table = await read(disk)
  t.is(table.label, 'gpt')
  t.is(table.lastlba, 7339998)
  t.deepEqual(
    table.partitions.map(({ node, start, size, type }) => [node.slice(disk.length), start, size, type.toLowerCase()]),
    [
      ['1', 2099200, 5240799, '0fc63daf-8483-4772-8e79-3d69d8477de4'],
      ['14', 2048, 8192, '21686148-6449-6e6f-744e-656564454649'],
      ['15', 10240, 217088, 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'],
      ['16', 227328, 1869825, 'bc13c2ff-59e6-4262-a352-b275fd6f7172'],
    ],
  )
  t.is(new Set(table.partitions.map(({ uuid }) => uuid)).size, 4)
})

test('the table at the end of the disk stands in for a damaged one at its beginning', async (t) => {
  const disk = await makeDisk('backup')
  await quiet`${lab}gpt.py ${disk} ${layout}`
  const before = await read(disk)
  await overwrite(disk, sector, new Uint8Array(33 * sector))
  t.deepEqual((await read(disk)).partitions, before.partitions)
})

test('boot code that is there stays there', async (t) => {
  const disk = await makeDisk('code')
  await overwrite(disk, 0, new Uint8Array(440).fill(0x90))
  await quiet`${lab}gpt.py ${disk} ${layout}`
  t.deepEqual(await beginning(disk, 440), Buffer.alloc(440, 0x90))
})

for (const [what, ...words] of [
  ['two partitions in one place', '1:linux:2048:4096', '2:linux:4096:8192'],
  ['one number twice', '1:linux:2048:4095', '1:linux:4096:8192'],
  ['a partition over the table', '1:linux:33:4096'],
  ['a partition behind the end', '1:linux:2048:7340000'],
  ['an unknown type', '1:swap:2048:4096'],
] as const) {
  test(`${what}: refused, and the disk stays as it was`, async (t) => {
    const disk = await makeDisk(`refused-${words.join('-').replaceAll(':', '.')}`)
    t.not((await quiet`${lab}gpt.py ${disk} ${words}`).exitCode, 0)
    t.is((await quiet`cmp -n 65536 ${disk} /dev/zero`).exitCode, 0)
  })
}

/** boot.img as GRUB ships it, as far as it matters here: a jump at 0x66, and something in every other byte. */
const bootImage = (): Buffer => Buffer.alloc(sector, 0xaa).fill(0xeb, 0x66, 0x67)

/** core.img of so many bytes, whose first sector says how many sectors follow, to segment 0x820. */
function coreImage(bytes: number): Buffer {
  const core = Buffer.alloc(bytes, 0xcc)
  core.writeBigUInt64LE(1n, sector - 12)
  core.writeUInt16LE(Math.ceil(bytes / sector) - 1, sector - 4)
  core.writeUInt16LE(0x820, sector - 2)
  return core
}

async function install(name: string, core: Buffer, sectors: number, boot = bootImage()) {
  const disk = await makeDisk(name)
  await quiet`${lab}gpt.py ${disk} ${layout}`
  await fs.writeFile(at(`${name}.boot`), boot)
  await fs.writeFile(at(`${name}.core`), core)
  const { exitCode, stderr } =
    await quiet`${lab}bios_grub.py ${disk} ${at(`${name}.boot`)} ${at(`${name}.core`)} 2048 ${sectors}`
  return { disk, exitCode, stderr, head: await beginning(disk, 2050 * sector) }
}

test('GRUB’s first sector knows where the second stage lies, and that one where it goes on', async (t) => {
  const { disk, exitCode, head } = await install('grub', coreImage(70 * sector + 5), 8192)
  t.is(exitCode, 0)
  t.is(head.readBigUInt64LE(0x5c), 2048n)
  t.is(head.readUInt16LE(0x66), 0x9090)
  t.is(head[0x65], 0xaa)
  const first = head.subarray(2048 * sector, 2049 * sector)
  t.is(first.readBigUInt64LE(sector - 12), 2049n)
  t.is(first.readUInt16LE(sector - 4), 70)
  t.is(first.readUInt16LE(sector - 2), 0x820)
  t.is(head[2049 * sector], 0xcc)
  t.is((await read(disk)).partitions.length, 4)
})

test('a second stage that is longer than its partition: refused, nothing written', async (t) => {
  const { exitCode, stderr, head } = await install('long', coreImage(9 * sector), 8)
  t.is(exitCode, 1)
  t.regex(stderr, /needs 9 sectors, the BIOS boot partition has 8/)
  t.is(head[0], 0)
})

test('a second stage for something else than a PC’s disk: refused, nothing written', async (t) => {
  const { exitCode, stderr, head } = await install('other', coreImage(9 * sector).fill(0, sector - 12, sector), 8192)
  t.is(exitCode, 1)
  t.regex(stderr, /block list/)
  t.is(head[0], 0)
})

test('a first sector that is not GRUB’s: refused, nothing written', async (t) => {
  const { exitCode, stderr, head } = await install('alien', coreImage(9 * sector), 8192, Buffer.alloc(sector, 1))
  t.is(exitCode, 1)
  t.regex(stderr, /boot\.img is not GRUB's/)
  t.is(head[0], 0)
})
