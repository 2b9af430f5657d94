// Writes and validates a layer's manifest and record.

import * as z from 'zod'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { LayerRecord } from '../cache/store.ts'

/** The types of a published layer: an OCI image manifest with one config, the record, and one layer, the overlay. */
export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  artifact: 'application/vnd.boxhound.layer.v1',
  record: 'application/vnd.boxhound.layer.record.v1+json',
  overlay: 'application/vnd.boxhound.layer.overlay.v1.qcow2+zstd',
} as const

/** Maximum sizes for reading into memory. */
export const largest = { manifest: 1_000_000, record: 10_000_000 }

const sha = z.string().regex(/^[0-9a-f]{64}$/)
const printable = z
  .string()
  .max(500)
  .regex(/^[\x20-\x7e]*$/)
const size = z.int().min(0).max(1e13)

/**
 * What is published for a layer: its record from the store (cache/binding.ts explains how it is bound to its parent).
 */
const publishedSchema = z.strictObject({
  id: sha,
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
  parent: sha.nullable(),
  parentSha256: sha.nullable(),
  sha256: sha,
  bytes: size,
  seconds: z.number().min(0).max(1e7),
  created: z.iso.datetime(),
  packages: z.array(z.strictObject({ name: printable, version: printable, source: printable })).optional(),
})
export type PublishedRecord = z.infer<typeof publishedSchema>

const descriptor = <T extends string>(mediaType: T) =>
  z.object({ mediaType: z.literal(mediaType), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), size })

const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal(mediaTypes.manifest),
  artifactType: z.literal(mediaTypes.artifact),
  config: descriptor(mediaTypes.record),
  layers: z.tuple([descriptor(mediaTypes.overlay)]),
})

/** A blob by its digest. */
export interface Blob {
  /** SHA-256, hex. */
  readonly sha256: string
  readonly bytes: number
}

/** A stored layer's record in its published form: these fields, in this order. */
export const published = ({ packages, ...record }: LayerRecord): PublishedRecord => {
  const { id, name, parent, parentSha256, sha256: own, bytes, seconds, created } = record
  return {
    id,
    name,
    parent,
    parentSha256,
    sha256: own,
    bytes,
    seconds,
    created,
    ...(packages === undefined ? {} : { packages }),
  }
}

/** A record in the form of the local store. */
export const asStored = ({ packages, ...record }: PublishedRecord): LayerRecord => ({
  ...record,
  ...(packages === undefined ? {} : { packages }),
})

/** A layer's manifest and config; the same layer gives the same bytes. */
export const manifestOf = (record: PublishedRecord, overlay: Blob): { manifest: Buffer; config: Buffer } => {
  const config = Buffer.from(JSON.stringify(record))
  const described = (mediaType: string, blob: Blob) => ({
    mediaType,
    digest: `sha256:${blob.sha256}`,
    size: blob.bytes,
  })
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: mediaTypes.artifact,
    config: described(mediaTypes.record, { sha256: sha256(config), bytes: config.length }),
    layers: [described(mediaTypes.overlay, overlay)],
    annotations: { 'org.opencontainers.image.title': record.name, 'org.opencontainers.image.created': record.created },
  }
  return { manifest: Buffer.from(JSON.stringify(manifest)), config }
}

/** The error for an invalid layer; `found` must be boxhound's own text. */
export const badLayer = (registry: string, name: string, found: string, cause?: unknown): BoxhoundError =>
  new BoxhoundError('E_REGISTRY_LAYER', `layer "${name}" of ${registry} was rejected`, {
    expected: 'the complete, unchanged layer that boxhound pushed',
    found,
    cause,
    next: 'npm run cache -- push --replace replaces it with a good one',
  })

const parsed = <T>(schema: z.ZodType<T>, text: Buffer, what: string): T | string => {
  try {
    return schema.parse(JSON.parse(text.toString('utf8')))
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined
    const place = issue?.path.map((key) => String(key)).join('.') ?? ''
    return `a ${what} of another form${/^[\w.]{1,60}$/.test(place) ? ` (${place})` : ''}`
  }
}

const blobOf = ({ digest, size: bytes }: { digest: string; size: number }): Blob => ({
  sha256: digest.slice('sha256:'.length),
  bytes,
})

/** The two blobs in a manifest, or what is wrong with it. */
export const parseManifest = (text: Buffer): { readonly config: Blob; readonly overlay: Blob } | string => {
  const manifest = parsed(manifestSchema, text, 'manifest')
  if (typeof manifest === 'string') return manifest
  const [layer] = manifest.layers
  if (manifest.config.size > largest.record) return 'a record that is too large'
  return { config: blobOf(manifest.config), overlay: blobOf(layer) }
}

/** Parses a record, or says what is wrong with it. */
export const parseRecord = (text: Buffer): PublishedRecord | string => parsed(publishedSchema, text, 'record')
