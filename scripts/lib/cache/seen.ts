// Remembers layers that are unchanged since they were hashed.

import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isSettled, type Signature, signatureOf } from '../../_fast.mjs'
import { temporaryName } from '../_helpers/atomic.ts'
import type { Project } from '../_helpers/paths.ts'
import { type LayerRecord, overlayPath, seenPath } from './store.ts'

const asText = ({ sha256 }: Pick<LayerRecord, 'sha256'>, signature: Signature): string =>
  JSON.stringify({ sha256, signature })

/**
 * Whether a layer's file matched its record when last hashed and has not been written to since: size, times, inode and device are unchanged.
 * The kernel sets a file's ctime at every write, and no program can set it back.
 *
 * Bit rot changes no timestamp, so publishing and `cache -- verify` always rehash.
 */
export const isSeen = async (record: LayerRecord, project: Project): Promise<boolean> => {
  const known = await readFile(seenPath(record.id, project), 'utf8').catch(() => undefined)
  const signature = signatureOf(overlayPath(record.id, project))
  return signature !== null && known === asText(record, signature)
}

/**
 * Records that a layer was found intact.
 *
 * @param before signature of the file before hashing, at `started`. Nothing is recorded if it has changed since, or was so new that a later change
 * could have the same time.
 */
export const keepSeen = async (
  record: LayerRecord,
  before: Signature,
  started: number,
  project: Project,
): Promise<void> => {
  const text = asText(record, before)
  if (before === null || !isSettled(before, started)) return
  if (text !== asText(record, signatureOf(overlayPath(record.id, project)))) return
  const path = seenPath(record.id, project)
  const temporary = temporaryName(path)
  // Losing it only costs another hash: no reason to wait for the disk, nor to fail.
  await writeFile(temporary, text)
    .then(() => rename(temporary, path))
    .catch(() => rm(temporary, { force: true }).catch(() => {}))
}

/** Forgets a damaged layer. */
export const forgetSeen = ({ id }: LayerRecord, project: Project): Promise<void> =>
  rm(seenPath(id, project), { force: true }).catch(() => {})
