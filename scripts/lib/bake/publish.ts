import { mkdir, rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { publishFile, temporaryName } from '../_helpers/atomic.ts'
import { waitIfInterrupted } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256File } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { askSandbox, cleanEnvironment, startSandbox } from '../_helpers/sandbox.ts'
import { overlayPath } from '../cache/store.ts'
import { boxFolder, imagePath, type Manifest } from './manifest.ts'

/**
 * Writes the chain of overlays below `tip` as one compressed qcow2 to out/BOX/BOX.qcow2, whole or not at all.
 * zstd in 2 MiB clusters on all cores: 2 s where zlib takes 26 (performance.md), and the smallest of the four.
 *
 * @param temporary from `temporaryName(imagePath(…))`; the caller removes it when the run is interrupted.
 */
export const publishImage = async (
  tip: string,
  box: string,
  temporary: string,
  project: Project,
): Promise<Manifest['image']> => {
  await mkdir(boxFolder(project, box), { recursive: true })
  const target = imagePath(project, box)
  try {
    const convert = startSandbox(
      [
        'qemu-img',
        'convert',
        '-c',
        '-O',
        'qcow2',
        '-o',
        'compression_type=zstd,cluster_size=2M',
        '-m',
        '16',
        '-W',
        overlayPath(project, tip),
        temporary,
      ],
      { cwd: project.root, environment: cleanEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const complaints: Buffer[] = []
    convert.child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk))
    const code = await convert.ended
    await waitIfInterrupted()
    if (code !== 0)
      throw new BoxhoundError('E_PUBLISH', `qemu-img convert failed with status ${code}`, {
        file: target,
        found: Buffer.concat(complaints).toString('utf8').trim() || 'no message of its own',
        next: 'is the disk full? the published image is as it was',
      })
    // Exit status 0 is no proof of an output (faults 30, 37): what is published is measured from the file itself.
    const { format, virtual } = await inspectImage(temporary)
    if (format !== 'qcow2' || virtual === 0)
      throw new BoxhoundError('E_PUBLISH', 'qemu-img convert wrote no image', {
        file: target,
        expected: 'qcow2',
        found: `${format}, ${virtual} bytes`,
      })
    const sha256 = await sha256File(temporary)
    await publishFile(temporary, target)
    const { size, mtimeMs } = await stat(target)
    return { file: basename(target), format: 'qcow2', bytes: size, virtualBytes: virtual, sha256, modified: mtimeMs }
  } finally {
    await rm(temporary, { force: true })
  }
}

const inspectImage = async (path: string): Promise<{ format: string; virtual: number }> => {
  const told = await askSandbox(['qemu-img', 'info', '--output=json', '--', path])
  if (told.code !== 0) return { format: 'nothing that qemu-img can read', virtual: 0 }
  const info: unknown = JSON.parse(told.stdout)
  const record = typeof info === 'object' && info !== null ? info : {}
  return {
    format: 'format' in record ? String(record.format) : 'unknown',
    virtual: 'virtual-size' in record ? Number(record['virtual-size']) : 0,
  }
}

/** A name for the image while it is written. */
export const unfinishedImage = (box: string, project: Project): string => temporaryName(imagePath(project, box))
