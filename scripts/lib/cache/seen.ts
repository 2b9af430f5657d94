// Which stored layers nobody has written to since they were hashed.

import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isSettled, type Signature, signatureOf } from '../../_fast.mjs'
import { temporaryName } from '../_helpers/atomic.ts'
import type { Project } from '../_helpers/paths.ts'
import { type LayerRecord, overlayPath, seenPath } from './store.ts'

const asText = ({ sha256 }: Pick<LayerRecord, 'sha256'>, signature: Signature): string =>
  JSON.stringify({ sha256, signature })

/**
 * Whether a layer's file has been hashed, was what its record says, and nobody has written to it since: size, times, inode and device are
 * what they were then. The kernel sets a file's ctime at every write, and no program can set it back.
 *
 * A disk that loses bits by itself shows in no time: what is published rests on a hash made then, and so does `cache -- verify`.
 */
export const isSeen = async (project: Project, record: LayerRecord): Promise<boolean> => {
  const known = await readFile(seenPath(project, record.id), 'utf8').catch(() => undefined)
  const signature = signatureOf(overlayPath(project, record.id))
  return signature !== null && known === asText(record, signature)
}

/**
 * Keeps that a layer was found whole.
 *
 * @param before what its file looked like before it was hashed, at `started`. Nothing is kept of one that has changed since, or that was so
 * new then that a later change could have the same time.
 */
export const keepSeen = async (
  project: Project,
  record: LayerRecord,
  before: Signature,
  started: number,
): Promise<void> => {
  const text = asText(record, before)
  if (before === null || !isSettled(before, started)) return
  if (text !== asText(record, signatureOf(overlayPath(project, record.id)))) return
  const path = seenPath(project, record.id)
  const temporary = temporaryName(path)
  // Lost, it costs another hash: no reason to wait for the disk, nor to fail.
  await writeFile(temporary, text)
    .then(() => rename(temporary, path))
    .catch(() => rm(temporary, { force: true }).catch(() => {}))
}

/** Forgets it: the layer is damaged. */
export const forgetSeen = (project: Project, { id }: LayerRecord): Promise<void> =>
  rm(seenPath(project, id), { force: true }).catch(() => {})
