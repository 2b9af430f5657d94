// Finds and checks the published image.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256File } from '../_helpers/hash.ts'
import { isObject, parsedJson } from '../_helpers/json.ts'
import type { Project } from '../_helpers/paths.ts'
import type { DraftFile } from '../bake/manifest.ts'
import type { Expectations, Seed } from '../render/rendered-box.ts'

/** A published image whose content matches its manifest. */
export interface Published {
  readonly image: string
  readonly sha256: string
  readonly expectations: Expectations
}

const missing = (file: string, box: string): BoxhoundError =>
  new BoxhoundError('E_NOT_PUBLISHED', `${box} has not been baked`, { file, next: `npm run bake -- ${box}` })

const unreadable = (file: string, next: string): BoxhoundError =>
  new BoxhoundError('E_STATE', 'cannot read a file that boxhound wrote', {
    file,
    expected: 'the complete JSON that it wrote',
    found: 'a truncated or foreign file',
    next,
  })

const read = async (file: string, box: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) throw missing(file, box)
  const value = parsedJson(text)
  if (isObject(value)) return value
  throw unreadable(file, `npm run bake -- ${box}`)
}

/**
 * The published image of a box, hashed before it is trusted: a damaged qcow2 can pass `qemu-img check` (fault 31).
 *
 * @throws E_NOT_PUBLISHED, E_IMAGE_DIGEST
 */
export const readPublished = async (box: string, project: Project): Promise<Published> => {
  const folder = join(project.out, box)
  const manifest = (await read(join(folder, 'manifest.json'), box)) as { image?: { file?: string; sha256?: string } }
  const expectations = (await read(join(folder, 'expectations.json'), box)) as Expectations
  const image = join(folder, `${box}.qcow2`)
  const found = await sha256File(image).catch(() => null)
  if (found === null) throw missing(image, box)
  const expected = manifest.image?.sha256
  if (found !== expected) {
    throw new BoxhoundError('E_IMAGE_DIGEST', 'the published image differs from the one that was baked', {
      file: image,
      expected: `SHA-256 ${expected ?? '(none in manifest.json)'}`,
      found,
      next: `npm run bake -- ${box}`,
    })
  }
  return { image, sha256: found, expectations }
}

/** A bootable image whose content is verified to be what was baked. */
export interface Bootable {
  readonly image: string
  readonly sha256: string
  readonly seed: Seed
}

/** The same for a published image. */
export const readBootable = async (box: string, project: Project): Promise<Bootable> => {
  const { image, sha256, expectations } = await readPublished(box, project)
  return { image, sha256, seed: expectations.seed }
}

/**
 * The overlay of the newest `bake --draft`, hashed before it is booted. It is not sealed.
 *
 * @throws E_NOT_PUBLISHED, E_IMAGE_DIGEST
 */
export const readDraft = async (box: string, project: Project): Promise<Bootable> => {
  const path = join(project.out, box, 'draft.json')
  const next = `npm run bake -- ${box} --draft`
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) throw new BoxhoundError('E_NOT_PUBLISHED', `${box} has no draft`, { file: path, next })
  const draft = parsedJson(text)
  if (!isObject(draft) || typeof draft.file !== 'string') throw unreadable(path, next)
  const { file, sha256, seed } = draft as unknown as DraftFile
  const found = await sha256File(file).catch(() => 'no file')
  if (found !== sha256)
    throw new BoxhoundError('E_IMAGE_DIGEST', 'the draft differs from the one that was baked', {
      file,
      expected: `SHA-256 ${sha256}`,
      found,
      next,
    })
  return { image: file, sha256, seed }
}
