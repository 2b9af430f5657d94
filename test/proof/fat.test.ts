import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { examineFat } from '../../scripts/lib/proof/fat.ts'
import type { FileSystem } from '../../scripts/lib/proof/layout.ts'

const project = projectAt(process.cwd())
const offset = 4096
const partition: FileSystem = { partition: 15, offset, bytes: 0, kind: 'vfat', mountPoint: '/boot/efi' }

/** A FAT16 with clusters of 512 bytes: boot sector, two tables of 20 sectors, a root folder of 32 sectors, 5000 clusters of data. */
const makeFat = (...tables: readonly Buffer[]): Buffer => {
  const boot = Buffer.alloc(512)
  boot.writeUInt16LE(512, 11)
  boot.writeUInt8(1, 13)
  boot.writeUInt16LE(1, 14)
  boot.writeUInt8(tables.length, 16)
  boot.writeUInt16LE(512, 17)
  boot.writeUInt16LE(1 + 40 + 32 + 5000, 19)
  boot.writeUInt16LE(20, 22)
  return Buffer.concat([Buffer.alloc(offset), boot, ...tables])
}

/** Clusters 2 and 5 are in use, the others free. */
const makeTable = (second = 0xffff): Buffer => {
  const table = Buffer.alloc(20 * 512)
  for (const [entry, value] of [0xfff8, second, 0xffff, 0, 0, 0xffff].entries()) table.writeUInt16LE(value, entry * 2)
  return table
}

const write = async (t: ExecutionContext, bytes: Buffer): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'disk.raw')
  await writeFile(file, bytes)
  return file
}

test('a FAT with equal tables and the mark of a clean end is sound', async (t) => {
  const file = await write(t, makeFat(makeTable(), makeTable()))
  const { state } = await examineFat(file, partition, project)
  t.deepEqual(state, { code: 0, words: '5000 clusters of FAT16', state: 'clean' })
})

test('a FAT that was never unmounted, or whose tables differ, is told', async (t) => {
  const mounted = await write(t, makeFat(makeTable(0x7fff), makeTable(0x7fff)))
  t.is((await examineFat(mounted, partition, project)).state.state, 'not unmounted')
  const differing = await write(t, makeFat(makeTable(), Buffer.alloc(20 * 512)))
  t.deepEqual((await examineFat(differing, partition, project)).state, {
    code: 4,
    words: 'the copies of its table differ',
    state: 'clean',
  })
})

test('free clusters are byte ranges of the disk, neighbours in one', async (t) => {
  const file = await write(t, makeFat(makeTable(), makeTable()))
  const data = offset + (1 + 40 + 32) * 512
  const { size, free } = await examineFat(file, partition, project)
  t.deepEqual(
    [size, free],
    [
      512,
      [
        { start: data + 512, end: data + 3 * 512 },
        { start: data + 4 * 512, end: data + 5000 * 512 },
      ],
    ],
  )
})

test('a FAT that ends too early is an error, not an empty one', async (t) => {
  const file = await write(t, makeFat(makeTable()).subarray(0, offset + 700))
  const error = await t.throwsAsync(examineFat(file, partition, project), { message: /cannot be read/ })
  t.regex(String((error as BoxhoundError).details.found), /ends too early/)
})

test('what is no FAT is an error', async (t) => {
  const file = await write(t, Buffer.alloc(offset + 512))
  const error = await t.throwsAsync(examineFat(file, partition, project), { code: 'E_FAT' })
  t.regex(String((error as BoxhoundError).details.found), /no FAT file system/)
})
