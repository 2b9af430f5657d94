// Network settings of a bake.

import { dirname } from 'node:path'
import type { Box, Mirrors } from '../box/box.ts'
import type { Logins } from '../fetch/logins.ts'
import { type Network, networkOf } from '../fetch/network.ts'
import { redactorFor } from '../fetch/redaction.ts'
import { familyOf } from '../systems/families.ts'
import type { ArchiveMirror } from '../systems/family.ts'

/** Network settings of a bake. Contains passwords: never put them in an argument, a log or the image. */
export interface BakeNetwork {
  readonly mirrors: Mirrors
  readonly network: Network
  readonly apt: ArchiveMirror | undefined
  readonly logins: Logins
  /** All trusted CA certificates for the bake, in PEM. */
  readonly authorities: readonly string[]
  /** Removes passwords from a tool's output. */
  readonly redact: (text: string) => string
}

/**
 * Reads the network settings for baking a box, without using the network yet.
 *
 * @throws BoxhoundError E_CA_BUNDLE, E_PROXY or E_MIRROR_AUTH, before anything is started.
 */
export const bakeNetwork = async (
  { mirrors = {}, base, file }: Pick<Box, 'mirrors' | 'base' | 'file'>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<BakeNetwork> => {
  const network = networkOf(mirrors, environment, dirname(file))
  const logins = network.logins ?? new Map()
  const { authorities } = await import('../fetch/authorities.ts') // late, as only a bake with work to do needs it
  return {
    mirrors,
    network,
    logins,
    apt: familyOf(base.system).archiveOf(mirrors.apt, base.system),
    authorities: await authorities(network.caBundle),
    redact: redactorFor(network, logins),
  }
}
