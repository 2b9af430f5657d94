import { existsSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import {
  cloudDisk,
  type DiskSpec,
  debian,
  growDisk,
  importDisk,
  killImport,
  lookInto,
  makeDisk,
  pack,
  partialsOf,
  qemuImg,
  testFolder,
} from './_disk.ts'
import { tracesOf } from './_traces.ts'

const virtualSize = (image: string): number => JSON.parse(qemuImg('info', '--output=json', image))['virtual-size']

/** An import that must fail: nothing under the final name, nothing half-written, the message in four parts. */
const refuses = (
  t: ExecutionContext,
  source: string,
  said: RegExp,
  size?: string,
  options?: Parameters<typeof importDisk>[3],
): void => {
  const out = `${source}.out.qcow2`
  const { code, output } = importDisk(source, out, size, options)
  t.is(code, 1, output)
  t.regex(output, said)
  t.regex(output, /^image: .+\n {2}expected: .+\n {2}found: {4}.+\n {2}next: {5}.+$/m)
  t.false(existsSync(out))
  t.deepEqual(partialsOf(join(source, '..')), [])
}

test('a disk like Ubuntu’s, as a compressed qcow2, becomes a larger layer with /boot and EFI as they were', (t) => {
  const { root } = testFolder(t)
  const raw = makeDisk(join(root, 'disk.raw'), cloudDisk())
  qemuImg('convert', '-c', '-f', 'raw', '-O', 'qcow2', raw, join(root, 'disk.img'))
  const out = join(root, 'layer.qcow2')
  const { code, output } = importDisk(join(root, 'disk.img'), out, '160M')
  t.is(code, 0, output)
  t.regex(output, /^image: qcow2 of 104857600 bytes converted \(\d+ s\)$/m)
  t.regex(output, /^image: root grown to 99 MiB \(\d+ s\)$/m)
  t.is(virtualSize(out), 160 << 20)
  t.deepEqual(lookInto(out), [
    [1, 'ext4', '/', 99],
    [15, 'vfat', '/boot/efi', 0],
    [16, 'ext4', '/boot', 32],
  ])
  t.deepEqual(readdirSync(root).sort(), ['disk.img', 'disk.raw', 'layer.qcow2'])
})

test('raw and vmdk, and each way to pack them', (t) => {
  const { root } = testFolder(t)
  const raw = makeDisk(join(root, 'disk.raw'), cloudDisk())
  const vmdk = join(root, 'disk.vmdk')
  qemuImg('convert', '-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized', raw, vmdk)
  const expected = [1, 16].map((number) => [number, 'ext4'])
  for (const source of [raw, vmdk, pack('xz', raw), pack('gzip', vmdk), pack('zstd', raw)]) {
    const { code, output } = importDisk(source, join(root, 'layer.qcow2'))
    t.is(code, 0, `${source}: ${output}`)
    const found = lookInto(join(root, 'layer.qcow2')).filter(([, kind]) => kind === 'ext4')
    t.deepEqual(
      found.map(([number, kind]) => [number, kind]),
      expected,
      source,
    )
    rmSync(join(root, 'layer.qcow2'))
  }
})

test('a packed file that was cut off, or that holds more than may be, is no image', (t) => {
  const { root } = testFolder(t)
  const raw = makeDisk(join(root, 'disk.raw'), cloudDisk())
  for (const program of ['xz', 'gzip', 'zstd'] as const) {
    const packed = pack(program, raw)
    truncateSync(packed, Math.floor(readFileSync(packed).length / 2))
    refuses(t, packed, /cannot be unpacked/)
  }
  const environment = { BOXHOUND_IMAGE_LIMIT: String(64 << 20) }
  refuses(t, pack('gzip', raw), /unpacks to more than it may/, '-', { environment })
  refuses(t, raw, /the image is too large/, '-', { environment })
})

test('a disk is never made smaller', (t) => {
  const { root } = testFolder(t)
  const raw = makeDisk(join(root, 'disk.raw'), cloudDisk())
  refuses(t, raw, /at most 83886080 bytes \(80 MiB\)\n {2}found: {4}104857600 bytes/, '80M')
  refuses(t, raw, /no size for a disk/, '80m')
})

test('an image that names other files is refused before they are read', (t) => {
  const { root } = testFolder(t)
  const raw = makeDisk(join(root, 'disk.raw'), cloudDisk())
  qemuImg('create', '-q', '-f', 'qcow2', '-b', raw, '-F', 'raw', join(root, 'overlay.qcow2'))
  refuses(t, join(root, 'overlay.qcow2'), /stands on another file[\s\S]*backing file '\/.*disk\.raw'/)
})

const single = (root: Readonly<Record<string, string>>): DiskSpec => ({
  size: 40,
  table: 'mbr',
  partitions: [{ number: 1, start: 1, size: 38, fs: 'ext4', files: root }],
})

test('another system, another release, another processor, no system at all', (t) => {
  const { root } = testFolder(t)
  const disk = (name: string, files: Readonly<Record<string, string>>): string =>
    makeDisk(join(root, name), single(files))
  refuses(t, disk('release', debian('', { version: '12' })), /found: {4}ID=debian VERSION_ID=12/)
  refuses(t, disk('processor', debian('', { processor: 183 })), /expected: amd64\n {2}found: {4}arm64/)
  refuses(t, disk('data', { 'srv/data': 'x' }), /found: {4}ID= VERSION_ID=/)
})

test('fault 48: an fstab that names a /boot that is not there, or leads out of the image', (t) => {
  const { root } = testFolder(t)
  const boot = makeDisk(join(root, 'boot'), single(debian('# none\nLABEL=BOOT /boot ext4 defaults 0 2\n')))
  refuses(t, boot, /\/etc\/fstab, line 2: LABEL=BOOT, to be mounted at \/boot, is not on the disk/)
  const link = cloudDisk({ files: { ...debian('LABEL=BOOT /out/etc ext4 defaults 0 2\n'), out: '-> /' } })
  refuses(t, makeDisk(join(root, 'link'), link), /names \/out\/etc, and \/out is a link/)
})

test('a root that is not the last partition keeps its size or is refused', (t) => {
  const { root } = testFolder(t)
  const spec: DiskSpec = {
    size: 64,
    partitions: [
      { number: 1, start: 1, size: 38, fs: 'ext4', label: 'root', files: debian('') },
      { number: 2, start: 40, size: 20, fs: 'ext4', label: 'data' },
    ],
  }
  const raw = makeDisk(join(root, 'disk.raw'), spec)
  refuses(t, raw, /cannot grow: it is not the last on the disk[\s\S]*partition 2 lies behind it/, '96M')
  t.is(importDisk(raw, join(root, 'layer.qcow2')).code, 0)
})

test('grow.sh: one MBR partition, and a logical one', (t) => {
  const { root } = testFolder(t)
  const logical: DiskSpec = {
    size: 64,
    table: 'mbr',
    partitions: [
      { number: 1, start: 1, size: 16, fs: 'ext4', label: 'BOOT' },
      { number: 2, start: 18, size: 46, type: '0xf' },
      { number: 5, start: 19, size: 44, fs: 'ext4', label: 'root', files: debian('LABEL=BOOT /boot ext4 rw 0 2\n') },
    ],
  }
  for (const [name, spec, expected] of [
    ['single', single(debian('')), [[1, 'ext4', '/', 95]]],
    [
      'logical',
      logical,
      [
        [5, 'ext4', '/', 77],
        [1, 'ext4', '/boot', 16],
      ],
    ],
  ] as const) {
    const file = join(root, `${name}.qcow2`)
    qemuImg('convert', '-f', 'raw', '-O', 'qcow2', makeDisk(join(root, name), spec), file)
    const { code, output } = growDisk(file, '96M')
    t.is(code, 0, output)
    t.is(virtualSize(file), 96 << 20)
    t.deepEqual<unknown, unknown>(lookInto(file), expected, name)
    t.is(growDisk(file, '95M').code, 1, 'never smaller')
    t.is(growDisk(file, '96M').code, 0, 'nothing to do')
  }
})

test('fault 26: killed at any moment, an import leaves no process, mount or loop device, and no image', async (t) => {
  const folder = testFolder(t)
  const raw = makeDisk(join(folder.root, 'disk.raw'), cloudDisk())
  const out = join(folder.root, 'layer.qcow2')
  const begin = performance.now()
  t.is(importDisk(raw, out, '120M').code, 0)
  const length = performance.now() - begin
  let killed = 0
  for (let moment = 1; moment <= 8; moment += 1) {
    rmSync(out)
    if ((await killImport(raw, out, (length * moment) / 9)) === 'SIGKILL') killed += 1
    const finished = existsSync(out)
    // The kernel lets go of mounts and loop devices a moment after the last process.
    for (let tries = 0; tries < 100 && tracesOf(folder).length > 0; tries += 1) await delay(20)
    t.deepEqual(tracesOf(folder), [], `after ${moment} of 9 parts of ${length.toFixed(0)} ms`)
    t.is(existsSync(out), finished, 'nobody goes on with it')
    if (finished) t.is(lookInto(out).length, 3)
    for (const name of partialsOf(folder.root)) rmSync(join(folder.root, name), { recursive: true })
    const again = importDisk(raw, out, '120M')
    t.is(again.code, 0, again.output)
  }
  t.true(killed >= 4, `${killed} imports were killed in the middle`)
})
