import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { parseLayout } from '../../scripts/lib/proof/layout.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const tools = join(repository, 'disk')

/** As test/disk/disks.py takes it: sizes in MiB. */
export interface DiskSpec {
  readonly size: number
  readonly table?: 'gpt' | 'mbr' | 'none'
  readonly partitions: readonly {
    readonly number: number
    readonly start: number
    readonly size: number
    readonly type?: string
    readonly fs?: 'ext4' | 'vfat' | 'luks'
    readonly label?: string
    readonly files?: Readonly<Record<string, string>>
  }[]
}

export interface Ended {
  readonly code: number | null
  readonly output: string
}

/** A folder of the test's own, as tracesOf looks at it. */
export const testFolder = (t: ExecutionContext): Project => {
  const root = mkdtempSync(join(tmpdir(), 'boxhound-machine-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  return { tool: root, root, cache: join(root, 'cache'), out: join(root, 'out') }
}

const run = (program: string, words: readonly string[], input = ''): Ended => {
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    input,
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  return { code: status, output: `${stdout}${stderr}` }
}

const must = (program: string, words: readonly string[], input = ''): string => {
  const { code, output } = run(program, words, input)
  if (code !== 0) throw new Error(`${program} ${words.join(' ')}: ${output}`)
  return output
}

export const makeDisk = (path: string, spec: DiskSpec): string => {
  must('python3', [join(repository, 'test/disk/disks.py'), path], JSON.stringify(spec))
  return path
}

/** Files by which a root says that it is Debian 13 on amd64. */
export const debian = (
  fstab: string,
  { version = '13', processor = 62 }: { readonly version?: string; readonly processor?: number } = {},
): Record<string, string> => ({
  'etc/os-release': '-> /usr/lib/os-release',
  'usr/lib/os-release': `ID=debian\nVERSION_ID="${version}"\n`,
  'usr/bin/true': `elf ${processor}`,
  bin: '-> usr/bin',
  'etc/fstab': fstab,
  'boot/efi/.keep': '',
})

const bios = '21686148-6449-6e6f-744e-656564454649'
const efi = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'
const cloudFstab = `LABEL=cloudimg-rootfs / ext4 discard,commit=30 0 1
LABEL=BOOT /boot ext4 defaults 0 2
LABEL=UEFI /boot/efi vfat umask=0077 0 1
`

/** Laid out as Ubuntu's cloud images are: the root is partition 1 and lies last. */
export const cloudDisk = (root: Readonly<Record<string, unknown>> = { files: debian(cloudFstab) }): DiskSpec => ({
  size: 100,
  partitions: [
    { number: 1, start: 60, size: 38, fs: 'ext4', label: 'cloudimg-rootfs', ...root },
    { number: 14, start: 1, size: 4, type: bios },
    { number: 15, start: 5, size: 20, type: efi, fs: 'vfat', label: 'UEFI' },
    { number: 16, start: 26, size: 32, fs: 'ext4', label: 'BOOT', files: { 'config-6': 'y' } },
  ],
})

export const qemuImg = (...words: string[]): string => must('qemu-img', words)

/** Imports a disk as Debian 13; SIZE `-` leaves its size. */
export const importDisk = (
  source: string,
  out: string,
  size = '-',
  { version = '13', environment = {} }: { readonly version?: string; readonly environment?: NodeJS.ProcessEnv } = {},
): Ended => {
  const words = [join(tools, 'import.sh'), source, out, size, 'debian', version]
  const done = spawnSync('bash', words, {
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...environment },
  })
  return { code: done.status, output: `${done.stdout}${done.stderr}` }
}

/** The same, killed after so many milliseconds. */
export const killImport = (source: string, out: string, after: number): Promise<NodeJS.Signals | null> => {
  const child = spawn('bash', [join(tools, 'import.sh'), source, out, '120M', 'debian', '13'], { stdio: 'ignore' })
  const timer = setTimeout(() => child.kill('SIGKILL'), after)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (_, signal) => {
      clearTimeout(timer)
      resolve(signal)
    })
  })
}

export const growDisk = (file: string, size: string): Ended => run('bash', [join(tools, 'grow.sh'), file, size])

/** File systems of a qcow2 as [partition, kind, mount point, MiB], root first; each ext4 has passed a full check. */
export const lookInto = (image: string): (readonly [number, string, string | null, number])[] => {
  const raw = `${image}.raw-for-test`
  try {
    qemuImg('convert', '-f', 'qcow2', '-O', 'raw', image, raw)
    const found = parseLayout(must('bash', [join(tools, 'layout.sh'), raw]))
    for (const { kind, offset } of found) if (kind === 'ext4') must('e2fsck', ['-fn', `${raw}?offset=${offset}`])
    return found.map(({ partition, kind, mountPoint, offset }) => {
      const words = kind === 'ext4' ? must('tune2fs', ['-l', `${raw}?offset=${offset}`]) : ''
      const of = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)$`, 'm').exec(words)?.[1] ?? 0)
      return [partition, kind, mountPoint, (of('Block count') * of('Block size')) / (1 << 20)] as const
    })
  } finally {
    rmSync(raw, { force: true })
  }
}

/** Half-written images beside OUT. */
export const partialsOf = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.includes('.partial-')) : []

/** Packs a file beside itself. */
export const pack = (program: 'xz' | 'gzip' | 'zstd', file: string): string => {
  must('bash', ['-c', `${program} -1 -c -- "$1" >"$1.${program}"`, 'bash', file])
  return `${file}.${program}`
}
