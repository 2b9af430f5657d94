// Where apt finds a mirrored archive.

import type { Mirrors, System } from './types.ts'

/** Where apt finds a distribution's archive: addresses without a slash at the end. */
export interface AptMirror {
  readonly main: string
  readonly security: string
}

/**
 * The mirror of a system's archive. Debian publishes its security updates beside the archive, Ubuntu in it; who mirrors them elsewhere
 * gives both addresses.
 */
export const aptMirrorOf = (apt: Mirrors['apt'], { id }: Pick<System, 'id'>): AptMirror | undefined => {
  if (apt === undefined) return undefined
  const bare = (address: string): string => address.replace(/\/+$/, '')
  if (typeof apt === 'object') return { main: bare(apt.main), security: bare(apt.security) }
  return { main: bare(apt), security: id === 'debian' ? `${bare(apt)}-security` : bare(apt) }
}
