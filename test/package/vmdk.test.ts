import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { $ } from 'zx'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { setCid, writeVmdk } from '../../scripts/lib/package/vmdk.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

// Converting runs in namespaces of its own, which needs root as a bake does.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

const quiet = $({ quiet: true })
const virtual = 8 << 20
const told = 'out/lab/lab-1.0.0-virtualbox.box'

/** A disk with something at its beginning, in its middle and at its end. */
const makeDisk = async (t: ExecutionContext): Promise<{ folder: string; source: string }> => {
  const folder = await temporaryFolder(t)
  const source = join(folder, 'disk.qcow2')
  await quiet`qemu-img create -q -f qcow2 -- ${source} 8M`
  for (const write of ['write -q -P 1 0 64k', 'write -q -P 2 4000k 3k', 'write -q -P 3 8388096 512'])
    await quiet`qemu-io -f qcow2 -c ${write} -- ${source}`
  return { folder, source }
}

/** Writes box.vmdk into a folder of its own. */
const write = async (source: string, folder: string, cid = '0badcafe') => {
  await mkdir(folder)
  const path = join(folder, 'box.vmdk')
  return { path, ...(await writeVmdk(source, path, told, cid)) }
}

const text = (vmdk: Buffer, start: number, room: number): string =>
  vmdk.toString('latin1', start, start + room).replaceAll('\0', '')

const infoOf = async (path: string): Promise<Record<string, unknown>> =>
  JSON.parse((await quiet`qemu-img info --output=json -f vmdk -- ${path}`).stdout)

const cidOf = async (path: string): Promise<unknown> => {
  const { 'format-specific': specific } = await infoOf(path)
  return (specific as { data: { cid: number } }).data.cid
}

rooted('it is the source’s disk, sound, stream-optimised and under the given CID', async (t) => {
  const { folder, source } = await makeDisk(t)
  const { path, bytes, virtualBytes } = await write(source, join(folder, 'a'))
  t.is(virtualBytes, virtual)
  t.is(bytes, (await stat(path)).size)
  t.is((await quiet`qemu-img check -q -f vmdk -- ${path}`.nothrow()).exitCode, 0)
  t.regex((await quiet`qemu-img compare -f qcow2 -F vmdk -- ${source} ${path}`.nothrow()).stdout, /identical/)
  const info = await infoOf(path)
  t.is(info['virtual-size'], virtual)
  t.like(info['format-specific'], { data: { cid: 0x0badcafe, 'create-type': 'streamOptimized' } })
  const beginning = (await readFile(path)).toString('latin1', 0, 4096)
  t.regex(beginning, /^CID=0badcafe\nparentCID=ffffffff\n/m)
  t.regex(beginning, /SPARSE "box\.vmdk"/)
})

rooted('the same disk, name and CID give the same bytes; another CID gives others', async (t) => {
  const { folder, source } = await makeDisk(t)
  const paths = ['a', 'b', 'c'].map((name) => join(folder, name))
  const written = []
  for (const path of paths) written.push(await readFile((await write(source, path)).path))
  const [first, ...others] = written
  for (const other of others) t.true(first?.equals(other))
  t.false(first?.equals(await readFile((await write(source, join(folder, 'd'), '0badcaff')).path)))
})

for (const [title, tail] of [
  ['', 0],
  [', nor does the end of a longer one behind it', 1],
  [', nor do seven characters of it', 7],
] as const)
  rooted(`a CID that qemu-img wrote without its leading zeros moves nothing${title}`, async (t) => {
    const { folder, source } = await makeDisk(t)
    const { path } = await write(source, join(folder, 'a'))
    const expected = await readFile(path)
    const short = Buffer.from(expected)
    const [start, room] = [Number(short.readBigUInt64LE(28)) * 512, Number(short.readBigUInt64LE(36)) * 512]
    const whole = text(short, start, room)
    const shorter = whole.replace('CID=0badcafe', 'CID=1c')
    short.fill(0, start, start + room).write(`${shorter}${whole.slice(whole.length - tail)}`, start, 'latin1')
    await writeFile(path, short)
    t.is(await cidOf(path), 0x1c)
    await setCid(path, '0badcafe', told)
    t.true(expected.equals(await readFile(path)))
  })

rooted('the two CIDs with a meaning of their own are never given', async (t) => {
  const { folder, source } = await makeDisk(t)
  const { path } = await write(source, join(folder, 'a'))
  for (const cid of ['ffffffff', 'fffffffe']) {
    await setCid(path, cid, told)
    t.is(await cidOf(path), 1)
  }
  await setCid(path, 'fffffffd', told)
  t.is(await cidOf(path), 0xfffffffd)
})

rooted('what has another form is told and stays as it was', async (t) => {
  const { folder, source } = await makeDisk(t)
  const { path } = await write(source, join(folder, 'a'))
  const whole = await readFile(path)
  const descriptor = whole.toString('latin1').replace('parentCID=ffffffff', 'CID=00000002\n#########')
  for (const [content, found] of [
    [Buffer.alloc(0), /0 bytes at 0/],
    [Buffer.alloc(2048), /KDMV/],
    [whole.subarray(0, 1024), /512 bytes at 512/],
    [Buffer.from(descriptor, 'latin1'), /2 lines of a CID/],
  ] as const) {
    await writeFile(path, content)
    const error = await t.throwsAsync(setCid(path, '0badcafe', told), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_PACKAGE')
    t.true(formatError(error).startsWith(`${told}: `))
    t.regex(error.details.found ?? '', found)
    t.true((await readFile(path)).equals(content))
  }
})

rooted('a source that is none is told under the box’s name', async (t) => {
  const folder = await temporaryFolder(t)
  const source = join(folder, 'none.qcow2')
  await (await open(source, 'w')).close()
  const error = await t.throwsAsync(write(source, join(folder, 'a')), { instanceOf: BoxhoundError })
  t.true(formatError(error).startsWith(`${told}: `))
})
