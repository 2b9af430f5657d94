import { dirname, resolve } from 'node:path'
import { aptMirrorOf } from '../box/mirrors.ts'
import type { Box } from '../box/types.ts'
import type { Context } from './template.ts'

/** Loaded when it is needed: a bake with nothing to do has no time for it. */
const certificates = async (file: string): Promise<string[]> => {
  const { readBundle } = await import('../_helpers/certificates.ts')
  return readBundle(file)
}

/**
 * What `mirrors.keep` leaves in the image, as its template names it; null for what the box file doesn't say, whatever the environment does: an
 * image must not depend on who bakes it.
 *
 * @returns undefined when nothing is kept.
 * @throws BoxhoundError E_CA_BUNDLE naming the file.
 */
export const keptMirrors = async ({ mirrors, base, file }: Box): Promise<Context | undefined> => {
  if (mirrors?.keep !== true) return undefined
  const { apt, agent, pypi, proxy, caBundle } = mirrors
  return {
    apt: aptMirrorOf(apt, base.system) ?? null,
    agent: agent ?? null,
    pypi: pypi ?? null,
    proxy: proxy ?? null,
    certificates: caBundle === undefined ? [] : await certificates(resolve(dirname(file), caBundle)),
  }
}
