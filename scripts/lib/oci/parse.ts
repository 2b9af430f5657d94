// Parses and validates an image's documents.

import type * as z from 'zod'
import { sha256 } from '../_helpers/hash.ts'
import { parseForeign } from '../_helpers/json.ts'
import {
  type ConfigDocument,
  configDocument,
  indexDocument,
  type ManifestDocument,
  manifestDocument,
} from './documents.ts'
import { badImage, type Origin } from './fault.ts'

/** The bytes of a document, which must have this digest. */
export const assertDigest = (content: Uint8Array, hex: string, what: string, origin: Origin): void => {
  const found = sha256(content)
  if (found !== hex) throw badImage(origin, `the ${what} does not match its digest`, `sha256:${hex}`, `sha256:${found}`)
}

const jsonOf = (content: Uint8Array, what: string, origin: Origin): unknown => {
  try {
    return parseForeign(new TextDecoder('utf8', { fatal: true }).decode(content))
  } catch (cause) {
    throw badImage(
      origin,
      `the ${what} is not JSON`,
      'a JSON document in UTF-8',
      `${content.length} bytes of something else`,
      cause,
    )
  }
}

const checked = <T>(schema: z.ZodType<T>, value: unknown, what: string, origin: Origin): T => {
  const { data, error } = schema.safeParse(value)
  if (data !== undefined) return data
  const issue = error?.issues[0]
  const place = (issue?.path ?? []).map(String).join('.').slice(0, 100)
  throw badImage(
    origin,
    `the ${what} is invalid${place === '' ? '' : ` at ${place}`}`,
    issue?.message ?? `a valid ${what}`,
    shortly(place === '' ? value : valueAt(value, issue?.path ?? [])),
  )
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )

/** A value in a few words. */
const shortly = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value).slice(0, 100)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** An index or a manifest, told apart by their members: the media type may be absent. */
export type Root =
  | { readonly kind: 'index'; readonly index: z.infer<typeof indexDocument> }
  | { readonly kind: 'manifest'; readonly manifest: ManifestDocument }

/** @throws BoxhoundError E_OCI_IMAGE, also for a document that could be read as both. */
export const parseRoot = (content: Uint8Array, what: string, origin: Origin): Root => {
  const value = jsonOf(content, what, origin)
  const [asIndex, asManifest] = [isObject(value) && 'manifests' in value, isObject(value) && 'layers' in value]
  // Two readers would see two images behind one digest.
  if (asIndex && asManifest) throw badImage(origin, `the ${what} is ambiguous`, 'either manifests or layers', 'both')
  if (asIndex) return { kind: 'index', index: checked(indexDocument, value, 'index', origin) }
  if (isObject(value) && value.schemaVersion === 1)
    throw badImage(origin, 'the image is in docker’s schema 1', 'an OCI image, or docker’s schema 2', 'schemaVersion 1')
  return { kind: 'manifest', manifest: checked(manifestDocument, value, 'manifest', origin) }
}

/** @throws BoxhoundError E_OCI_IMAGE, also for an image of another platform. */
export const parseConfig = (content: Uint8Array, layers: number, origin: Origin): ConfigDocument => {
  const config = checked(configDocument, jsonOf(content, 'config', origin), 'config', origin)
  if (config.os !== 'linux' || config.architecture !== 'amd64')
    throw badImage(
      origin,
      'the image is for another platform',
      'linux/amd64',
      `${config.os}/${config.architecture}`.slice(0, 100),
    )
  const { length } = config.rootfs.diff_ids
  if (length !== layers)
    throw badImage(
      origin,
      'config and manifest disagree',
      `${layers} layers, as in the manifest`,
      `${length} in rootfs.diff_ids`,
    )
  return config
}
