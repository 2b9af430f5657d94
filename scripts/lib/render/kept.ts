// Mirrors that stay in the image.

import { X509Certificate } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import type { Box } from '../box/box.ts'
import { familyOf } from '../systems/families.ts'
import type { ArchiveMirror } from '../systems/family.ts'
import type { Kept } from './rendered-box.ts'
import type { Context } from './template.ts'

/** Loaded lazily, to keep an unchanged bake fast. */
const certificates = async (file: string): Promise<string[]> => {
  const { readBundle } = await import('../_helpers/certificates.ts')
  return readBundle(file)
}

/** Addresses and certificates of the box file's mirrors; a type of its own, so that it can be a template context. */
export type KeptMirrors = Context & {
  readonly apt: ArchiveMirror | null
  readonly agent: string | null
  readonly database: string | null
  readonly pypi: string | null
  readonly proxy: string | null
  readonly certificates: readonly string[]
}

/**
 * The values that `mirrors.keep` leaves in the image, as the template names them; null for what the box file doesn't set, whatever the
 * environment says: an image must not depend on who bakes it.
 *
 * @returns undefined when nothing is kept.
 * @throws BoxhoundError E_CA_BUNDLE naming the file.
 */
export const keptMirrors = async ({ mirrors, base, file }: Box): Promise<KeptMirrors | undefined> => {
  if (mirrors?.keep !== true) return undefined
  const { apt, agent, database, pypi, proxy, caBundle } = mirrors
  return {
    apt: familyOf(base.system).archiveOf(apt, base.system) ?? null,
    agent: agent ?? null,
    database: database ?? null,
    pypi: pypi ?? null,
    proxy: proxy ?? null,
    // Normalised, whatever white space and line ends the file has.
    certificates:
      caBundle === undefined
        ? []
        : (await certificates(resolve(dirname(file), caBundle))).map((pem) => new X509Certificate(pem).toString()),
  }
}

/** The same, for the proofs of the image. */
export const keptExpectation = ({ apt, agent, database, pypi, proxy, certificates: all }: KeptMirrors): Kept => ({
  hosts: [
    ...new Set(
      [apt?.main, apt?.security, agent, database, pypi, proxy].flatMap((one) => (one ? [new URL(one).host] : [])),
    ),
  ],
  certificates: all.map((pem) => pem.replaceAll(/-----[^-]+-----|\s/g, '')),
})
