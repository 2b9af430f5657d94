// The JSON documents of a container image: index, manifest and config.

import * as z from 'zod'

/** Accepted media types: OCI's and those of docker's schema 2, which mean the same. */
export const mediaTypes = {
  index: ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  manifest: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'],
  config: ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'],
  layer: [
    'application/vnd.oci.image.layer.v1.tar+gzip',
    'application/vnd.oci.image.layer.v1.tar',
    'application/vnd.oci.image.layer.v1.tar+zstd',
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
    'application/vnd.docker.image.rootfs.diff.tar',
  ],
} as const

/** What an image may have at most: documents are read into memory, and a box must not fill the disk. */
export const limits = { document: 4 << 20, layers: 127, bytes: 20 * 2 ** 30 } as const

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 lower-case hexadecimal digits')
const text = z.string().max(10_000)

const descriptor = z.object({
  mediaType: text,
  digest,
  size: z.int().min(0).max(limits.bytes),
  platform: z.object({ os: text, architecture: text, variant: text.optional() }).optional(),
  annotations: z.record(text, text).optional(),
})
export type Descriptor = z.infer<typeof descriptor>

const oneOf = (types: readonly string[]) => z.string().refine((type) => types.includes(type), types[0])

export const indexDocument = z.object({
  schemaVersion: z.literal(2),
  mediaType: oneOf(mediaTypes.index).optional(),
  manifests: z.array(descriptor).max(1000),
})

export const manifestDocument = z.object({
  schemaVersion: z.literal(2),
  mediaType: oneOf(mediaTypes.manifest).optional(),
  config: descriptor.extend({ mediaType: oneOf(mediaTypes.config) }),
  layers: z
    .array(descriptor.extend({ mediaType: oneOf(mediaTypes.layer) }))
    .min(1)
    .max(limits.layers),
  annotations: z.record(text, text).optional(),
})
export type ManifestDocument = z.infer<typeof manifestDocument>

const words = z.array(text).max(1000).nullish()

/** What a container is started with. Docker writes null where nothing is set. */
const runConfig = z.looseObject({
  User: text.nullish(),
  Env: words,
  Entrypoint: words,
  Cmd: words,
  WorkingDir: text.nullish(),
  Volumes: z.record(text, z.unknown()).nullish(),
  ExposedPorts: z.record(text, z.unknown()).nullish(),
  Labels: z.record(text, text).nullish(),
  Healthcheck: z.looseObject({ Test: words }).nullish(),
})

export const configDocument = z.looseObject({
  os: text,
  architecture: text,
  variant: text.optional(),
  created: text.nullish(),
  config: runConfig.nullish(),
  rootfs: z.looseObject({ type: z.literal('layers'), diff_ids: z.array(digest).max(limits.layers) }),
  history: z.array(z.looseObject({})).nullish(),
})
export type ConfigDocument = z.infer<typeof configDocument>

/** The hexadecimal part of a digest. */
export const hexOf = (value: string): string => value.slice('sha256:'.length)
