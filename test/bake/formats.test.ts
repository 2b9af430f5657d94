// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for the shell
import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { $ } from 'zx'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { convertImage, imageFile } from '../../scripts/lib/bake/formats.ts'
import type { DiskFormat as Format } from '../../scripts/lib/box/box.ts'
import { overlayPath } from '../../scripts/lib/cache/store.ts'
import { emptyProject } from '../cache/_store.ts'
import { firstOnPath, programFolder } from './_programs.ts'
import { storeDisk, tip } from './_published.ts'

// Converting runs in namespaces of its own, which needs root as a bake does.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

const virtual = 8 << 20
const drivers: Readonly<Record<Format, string>> = { qcow2: 'qcow2', raw: 'raw', vmdk: 'vmdk', vhd: 'vpc' }
const formats = Object.keys(drivers) as Format[]

const convert = async (t: ExecutionContext, format: Format): Promise<{ source: string; target: string }> => {
  const project = await emptyProject(t)
  await storeDisk(project)
  const [source, target] = [overlayPath(tip, project), join(project.tool, imageFile('lab', format))]
  t.is(await convertImage(source, target, format, { expected: virtual, shown: 'it' }), virtual)
  return { source, target }
}

for (const format of formats)
  rooted(`${format}: read back, it is the same disk byte by byte`, async (t) => {
    const { source, target } = await convert(t, format)
    const { stdout } = await $({
      quiet: true,
    })`qemu-img compare -f qcow2 -F ${drivers[format]} -- ${source} ${target}`.nothrow()
    t.regex(stdout, /identical/)
    if (format === 'vmdk' || format === 'qcow2')
      t.is((await $({ quiet: true })`qemu-img check -q -f ${format} -- ${target}`.nothrow()).exitCode, 0)
  })

rooted('raw and vhd take room for what they hold, not for the whole disk', async (t) => {
  for (const format of ['raw', 'vhd'] as const) {
    const { size, blocks } = await stat((await convert(t, format)).target)
    t.is(size, virtual + (format === 'vhd' ? 512 : 0))
    t.true(blocks * 512 < virtual / 4, `${format}: ${blocks * 512} bytes on the disk`)
  }
})

rooted(
  'a vhd is what Azure takes: of the fixed type, and of the disk’s own size, which is a whole number of MiB',
  async (t) => {
    const { target } = await convert(t, 'vhd')
    const footer = Buffer.alloc(512)
    const file = await open(target, 'r')
    await file.read(footer, 0, 512, virtual)
    await file.close()
    t.is(footer.toString('latin1', 0, 8), 'conectix')
    t.is(footer.readUInt32BE(60), 2, 'disk type: 2 is fixed, 3 dynamic')
    t.is(footer.readBigUInt64BE(48), BigInt(virtual), 'current size')
  },
)

rooted('a disk of another size than whole MiB is no vhd for Azure: told before it is written', async (t) => {
  const project = await emptyProject(t)
  const target = join(project.tool, 'lab.vhd')
  const error = await t.throwsAsync(
    convertImage('/nowhere', target, 'vhd', { expected: virtual + 512, shown: 'out/lab/lab.vhd' }),
    { instanceOf: BoxhoundError },
  )
  t.regex(
    formatError(error),
    /^out\/lab\/lab\.vhd: .*whole number of MiB[\s\S]*8389120 bytes[\s\S]*image: \{ size: 10G \}/,
  )
  await t.throwsAsync(stat(target), { code: 'ENOENT' })
})

rooted('a vmdk is compressed, in the form that importers take, and bears its own name inside', async (t) => {
  const { target } = await convert(t, 'vmdk')
  const text = (await readFile(target)).toString('latin1', 0, 4096)
  t.regex(text, /createType="streamOptimized"/)
  t.regex(text, /SPARSE "lab\.vmdk"/)
  t.regex(text, /ddb\.adapterType = "lsilogic"/)
})

const fixed = '-f vpc -o subformat=fixed,force_size=on'

for (const [what, formats, program, expected] of [
  ['fails', ['raw', 'vmdk', 'vhd'], 'echo "disk full, says qemu" >&2; exit 1', /status 1[\s\S]*disk full, says qemu/],
  ['writes nothing', ['raw', 'vmdk', 'vhd'], 'exit 0', /wrote no valid image/],
  ['writes an empty file', ['raw', 'vmdk', 'vhd'], ': >"${!#}"', /wrote no valid image/],
  ['writes half of it', ['raw', 'vhd'], 'REAL "$@"; truncate -s -4096 "${!#}"', /wrote no valid image/],
  [
    'leaves out the middle',
    ['vhd'],
    'REAL "$@"; { head -c 1M "${!#}"; tail -c 512 "${!#}"; } >"${!#}.new"; mv "${!#}.new" "${!#}"',
    /in a file of 8389120\n.*found: +vpc, 8388608 bytes, in a file of 1049088/,
  ],
  ['writes a larger disk', ['raw'], 'REAL create -q -f raw "${!#}" 16M', /8388608 bytes.*\n.*found: .*16777216 bytes/],
  [
    'writes a larger disk',
    ['vhd'],
    `REAL create -q ${fixed} "\${!#}" 16M`,
    /8388608 bytes.*\n.*found: .*16777216 bytes/,
  ],
  [
    'writes a larger disk',
    ['vmdk'],
    'REAL create -q -f vmdk "${!#}" 16M',
    /8388608 bytes.*\n.*found: .*16777216 bytes/,
  ],
  ['writes another format', ['vmdk'], 'REAL create -q -f qcow2 "${!#}" 8M', /expected: vmdk,.*\n.*found: +qcow2,/],
] as const)
  for (const format of formats)
    rooted(`faults 30, 37: ${format}: when qemu-img ${what}, it is no image`, async (t) => {
      const project = await emptyProject(t)
      await storeDisk(project)
      const real = (await $({ quiet: true })`which qemu-img`).stdout.trim()
      const text = `[[ $1 != info ]] || exec REAL "$@"\n${program}`.replaceAll('REAL', real)
      firstOnPath(t, await programFolder(t, { 'qemu-img': text }))
      const target = join(project.tool, `lab.${format}`)
      const shown = `out/lab/lab.${format}`
      const convert = convertImage(overlayPath(tip, project), target, format, { expected: virtual, shown })
      const error = await t.throwsAsync(convert, { instanceOf: BoxhoundError })
      t.is(error.code, 'E_PUBLISH')
      t.true(formatError(error).startsWith(`${shown}: `))
      t.regex(formatError(error), expected)
    })
