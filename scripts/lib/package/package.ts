// Packages a published image as Vagrant boxes and catalogues.

import { link, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clearTemporary, syncPath, temporaryName } from '../_helpers/atomic.ts'
import { withCleanup, withoutInterruption } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256, sha256File } from '../_helpers/hash.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import { killSandboxes } from '../_helpers/sandbox.ts'
import { boxFolder } from '../bake/manifest.ts'
import type { Progress } from '../bake/progress.ts'
import { requireFor } from '../bake/requirements.ts'
import { type Published, readPublished } from '../boot/published-image.ts'
import type { Box } from '../box/box.ts'
import { withLock } from '../cache/lock.ts'
import { digestFolder } from '../plan/digest.ts'
import type { RenderedFile } from '../render/rendered-box.ts'
import { familyOf } from '../systems/families.ts'
import { writeArchive } from './archive.ts'
import { writeCatalogs } from './catalog.ts'
import { boxTexts, diskFile } from './contents.ts'
import { makeBoxDisk } from './disk.ts'
import { type Hardware, readHardware } from './hardware.ts'
import { vagrantFiles, writeVagrantTree } from './layer.ts'
import { macOf, ovfText } from './ovf.ts'
import { newestFile, type Provider, versionedFile } from './providers.ts'
import { type BoxRecord, isThere, readRecords, withRecord, writeRecords } from './records.ts'
import { compareVersions, isVagrantVersion } from './versions.ts'
import { writeVmdk } from './vmdk.ts'

export interface PackageOptions {
  readonly providers: readonly Provider[]
  /** Address of the folder on a web server, for a second catalogue; undefined without one. */
  readonly url: string | undefined
  readonly progress: (steps: readonly string[]) => Progress
  /** One line for the user. */
  readonly note: (line: string) => void
}

export interface Packaged {
  readonly box: string
  readonly version: string
  readonly boxes: readonly (BoxRecord & { readonly path: string; readonly changed: boolean })[]
  /** Paths of the catalogues. */
  readonly catalogs: readonly string[]
}

/** The inputs of a packaging run. */
interface Material {
  readonly box: Box
  readonly published: Published
  readonly files: readonly RenderedFile[]
  readonly hardware: Hardware
  /** SHA-256 of the templates and the code that build a box. */
  readonly tools: string
}

const gather = async (box: Box, project: Project): Promise<Material> => {
  const published = await readPublished(box.name, project)
  const { version } = published.expectations
  if (version !== box.version)
    throw new BoxhoundError('E_NOT_PUBLISHED', 'the published image and the box file have different versions', {
      file: shown(box.file),
      expected: `version ${box.version}`,
      found: `out/${box.name}/${box.name}.qcow2 of version ${version}`,
      next: `npm run bake -- ${box.name}`,
    })
  const sources = ['packer/vagrant', 'disk', 'scripts/lib/package']
  const digests = await Promise.all(sources.map((name) => digestFolder(join(project.tool, name))))
  const files = vagrantFiles(box, project)
  return { box, published, files, hardware: await readHardware(project), tools: sha256(digests.join()) }
}

const recipeOf = (provider: Provider, { published, files, hardware, tools }: Material): string => {
  const rows = files.map(({ path, mode, content }) => [path, mode, sha256(content)])
  return sha256(JSON.stringify([provider, published.sha256, published.expectations.version, rows, hardware, tools]))
}

/** A single version that Vagrant doesn't accept makes it ignore the whole catalogue. */
const assertVersion = ({ file, version }: Box): void => {
  if (!isVagrantVersion(version))
    throw new BoxhoundError('E_BOX_VERSION', 'not a version that Vagrant accepts', {
      file: shown(file),
      expected: 'numbers, and a pre-release after a hyphen: 1.0.0, 1.1.0-rc1',
      found: version,
      next: `change "version" in ${shown(file)} and bake again`,
      exitCode: 2,
    })
}

const newerOf = (a: string, b: string): string => (compareVersions(a, b) >= 0 ? a : b)

/** Vagrant always installs the newest version, so nobody would get an older one that is packaged now. */
const assertNewest = ({ box }: Material, records: readonly BoxRecord[]): void => {
  const newest = records.map(({ version }) => version).reduce(newerOf, box.version)
  if (compareVersions(newest, box.version) > 0)
    throw new BoxhoundError('E_OLD_VERSION', 'the catalogue has a newer version of this box', {
      file: shown(box.file),
      expected: `version ${newest} or newer`,
      found: box.version,
      next: `raise "version" in ${shown(box.file)} and bake again`,
      exitCode: 2,
    })
}

/** Builds one box in its own folder: small files first, the disk last. @returns the archive's path. */
const makeBox = async (provider: Provider, material: Material, folder: string, project: Project): Promise<string> => {
  const { box, published, files, hardware } = material
  const name = versionedFile(box.name, box.version, provider)
  const told = shown(join(boxFolder(box.name, project), name))
  const texts = new Map(boxTexts(provider, published, hardware, project))
  const tree = join(folder, 'tree')
  await withoutInterruption(() => writeVagrantTree(files, tree))
  const qcow2 = join(folder, diskFile('libvirt'))
  await makeBoxDisk(published.image, qcow2, tree, join(folder, 'export'), project)
  if (provider === 'virtualbox') {
    const file = diskFile(provider)
    const { bytes, virtualBytes } = await writeVmdk(qcow2, join(folder, file), told, published.sha256.slice(0, 8))
    const machine = {
      name: box.name,
      system: familyOf(box.base.system).machineType(box.base.system),
      disk: { file, bytes, virtualBytes },
      mac: macOf(published.sha256),
    } as const
    texts.set('box.ovf', await ovfText({ ...machine, memoryMiB: hardware.memoryMiB, cpus: hardware.cpus }, project))
  }
  await withoutInterruption(async () => {
    for (const [file, text] of texts) await writeFile(join(folder, file), text)
  })
  const archive = join(folder, name)
  await writeArchive(folder, [...texts.keys(), diskFile(provider)], archive, told)
  await syncPath(archive)
  // This leaves room for the lists on an almost full disk: a box is not published without its record.
  await rm(qcow2)
  return archive
}

/** A full disk is not a bug here, so it is reported without a stack trace. */
const diskFull = (error: unknown, box: Box, project: Project): unknown =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    ? new BoxhoundError('E_PACKAGE', 'no space is left', {
        file: shown(boxFolder(box.name, project)),
        found: error.message,
        next: 'is the disk full? existing boxes are unchanged',
        cause: error,
      })
    : error

/** Gives a box the name of the newest box, unless it has it already. */
const nameNewest = async (record: BoxRecord, box: string, project: Project): Promise<void> => {
  const folder = boxFolder(box, project)
  const [path, newest] = [join(folder, record.file), join(folder, newestFile(box, record.provider))]
  const [own, there] = [await stat(path), await stat(newest).catch(() => undefined)]
  if (there?.ino === own.ino && there.dev === own.dev) return
  const second = temporaryName(newest)
  await link(path, second)
  await rename(second, newest)
  await syncPath(folder)
}

/** Gives a finished box its names: the one that catalogues point to, and the one of the newest box. */
const publishBox = async (archive: string, record: BoxRecord, box: string, project: Project): Promise<void> => {
  await rename(archive, join(boxFolder(box, project), record.file))
  await nameNewest(record, box, project)
}

/** The boxes whose files are unchanged, which a catalogue may point to. */
const listedOf = async (box: string, records: readonly BoxRecord[], project: Project): Promise<BoxRecord[]> => {
  const there = await Promise.all(records.map((record) => isThere(box, record, project)))
  return records.filter((_, index) => there[index])
}

const packageLocked = async (box: Box, options: PackageOptions, project: Project): Promise<Packaged> => {
  const folder = boxFolder(box.name, project)
  assertVersion(box)
  await withoutInterruption(() => clearTemporary(folder))
  const material = await gather(box, project)
  let records = await readRecords(box.name, project)
  assertNewest(material, await listedOf(box.name, records, project))
  const progress = options.progress(options.providers)
  const staging = temporaryName(join(folder, 'boxes'))
  const boxes: Packaged['boxes'][number][] = []
  return withCleanup(
    async () => {
      await killSandboxes()
      await progress.close()
      await rm(staging, { recursive: true, force: true })
    },
    async () => {
      for (const provider of options.providers) {
        const file = versionedFile(box.name, box.version, provider)
        const path = join(folder, file)
        const recipe = recipeOf(provider, material)
        const earlier = records.find((one) => one.version === box.version && one.provider === provider)
        if (earlier?.recipe === recipe && (await isThere(box.name, earlier, project))) {
          await withoutInterruption(() => nameNewest(earlier, box.name, project))
          progress.ended(provider, { kind: 'cached', bytes: earlier.bytes })
          boxes.push({ ...earlier, path, changed: false })
          continue
        }
        requireFor('package')
        const begin = performance.now()
        progress.started(provider)
        const own = join(staging, provider)
        // A signal removes the folder, so it must not be created after that.
        await withoutInterruption(() => mkdir(own, { recursive: true }))
        const archive = await makeBox(provider, material, own, project)
        const [digest, { size: bytes, mtimeMs: modified }] = [await sha256File(archive), await stat(archive)]
        const image = material.published.sha256
        const record: BoxRecord = {
          version: box.version,
          provider,
          file,
          bytes,
          modified,
          sha256: digest,
          image,
          recipe,
        }
        await withoutInterruption(async () => {
          await publishBox(archive, record, box.name, project)
          records = withRecord(records, record)
          await writeRecords(box.name, records, project)
        })
        progress.ended(provider, { kind: 'built', seconds: (performance.now() - begin) / 1000, bytes })
        if (earlier !== undefined && earlier.image !== image)
          options.note(
            `version ${box.version} had another image: machines that installed it keep it until "version" in ${shown(box.file)} is raised or the box is removed`,
          )
        boxes.push({ ...record, path, changed: true })
      }
      const listed = await listedOf(box.name, records, project)
      const catalogs = await writeCatalogs(box.name, listed, options.url, project)
      return { box: box.name, version: box.version, boxes, catalogs }
    },
  )
}

/**
 * Packages the published image of a box as Vagrant boxes: out/BOX/BOX-VERSION-PROVIDER.box, the same as
 * BOX-PROVIDER.box, and catalogues. Each box is written atomically. A box that is up to date stays, and then nothing is
 * written, so no write access is needed.
 *
 * @throws BoxhoundError E_BOX_VERSION, E_NOT_PUBLISHED, E_IMAGE_DIGEST, E_OLD_VERSION before the work starts; E_LOCKED
 *   while the box is being baked; E_PACKAGE.
 */
export const packageBox = (box: Box, options: PackageOptions, project: Project): Promise<Packaged> =>
  withLock(`box-${box.name}`, `package ${box.name}`, project, ({ note }) => {
    if (note !== undefined) options.note(note)
    return packageLocked(box, options, project)
  }).catch((error: unknown) => {
    throw diskFull(error, box, project)
  })
