import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import type { Catalog } from '../../scripts/lib/package/catalog.ts'

export const boxFile = (name: string, { out }: Project): string => join(out, 'one', name)

export const digestOf = (name: string, project: Project): string => sha256(readFileSync(boxFile(name, project)))

/** Boxes, catalogue and list of a project: name, digest, modification time and inode of each, so that whatever is written again is seen. */
export const packagedOf = (project: Project): Readonly<Record<string, string>> => {
  const names = readdirSync(boxFile('', project)).filter((name) => /\.box$|^(catalog|boxes)\.json$/.test(name))
  return Object.fromEntries(
    names.map((name) => {
      const { ino, mtimeMs } = statSync(boxFile(name, project))
      return [name, `${digestOf(name, project)} ${mtimeMs} ${ino}`]
    }),
  )
}

export const catalogOf = (project: Project, name = 'catalog.json'): Catalog =>
  JSON.parse(readFileSync(boxFile(name, project), 'utf8'))

/** Version, provider, address and checksum of each box in the catalogue. */
export const listed = (project: Project): { version: string; provider: string; path: string; checksum: string }[] =>
  existsSync(boxFile('catalog.json', project))
    ? catalogOf(project).versions.flatMap(({ version, providers }) =>
        providers.map(({ name, url, checksum }) => ({ version, provider: name, path: fileURLToPath(url), checksum })),
      )
    : []

const must = (program: string, ...words: string[]): string => {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

/** What is in a box, unpacked into a folder that is gone when the test ends; throws when it is no whole archive. */
export const unpack = (t: ExecutionContext, box: string): { readonly folder: string; readonly names: string[] } => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-machine-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  must('tar', '-C', folder, '-xf', box)
  return { folder, names: must('tar', '-tf', box).trimEnd().split('\n') }
}

/**
 * Every file and folder of a disk's file system, without mounting it: path to kind, mode, owner and digest. Throws unless it is clean and
 * the image sound.
 */
export const guestFiles = (image: string): ReadonlyMap<string, string> => {
  const work = mkdtempSync(join(tmpdir(), 'boxhound-machine-'))
  try {
    const raw = join(work, 'raw')
    if (image.endsWith('.vmdk')) must('qemu-img', 'check', '-q', '-f', 'vmdk', image)
    else must('qemu-img', 'check', '-q', '-f', 'qcow2', image)
    must('qemu-img', 'convert', '-O', 'raw', image, raw)
    must('e2fsck', '-fn', `${raw}?offset=1048576`)
    const script = [
      'mount -o loop,ro,noload,offset=1048576 "$1" "$2"',
      'cd "$2"',
      String.raw`find . -mindepth 1 -printf '%P\t%y %#m %U:%G %l\n'`,
      'echo --',
      'find . -mindepth 1 -type f -printf "%P\\0" | xargs -0 sha256sum',
    ].join(' && ')
    must('mkdir', join(work, 'root'))
    const told = must('unshare', '--mount', 'bash', '-c', script, 'bash', raw, join(work, 'root'))
    const [rows = '', sums = ''] = told.split('\n--\n')
    const digests = new Map(sums.split('\n').map((line) => [line.slice(66), line.slice(0, 64)]))
    return new Map(
      rows.split('\n').map((row) => {
        const [path = '', about = ''] = row.split('\t')
        return [path, `${about.trim()} ${digests.get(path) ?? ''}`.trim()]
      }),
    )
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
