// Where apt finds a mirrored archive.

import type { Mirrors, System } from './box.ts'

/** Addresses of a distribution's archive for apt, without a trailing slash. */
export interface AptMirror {
  readonly main: string
  readonly security: string
}

/**
 * The mirror of a system's archive. Debian publishes its security updates beside the archive, Ubuntu inside it; a mirror with another
 * layout needs both addresses.
 */
export const aptMirrorOf = (apt: Mirrors['apt'], { id }: Pick<System, 'id'>): AptMirror | undefined => {
  if (apt === undefined) return undefined
  const bare = (address: string): string => address.replace(/\/+$/, '')
  if (typeof apt === 'object') return { main: bare(apt.main), security: bare(apt.security) }
  return { main: bare(apt), security: id === 'debian' ? `${bare(apt)}-security` : bare(apt) }
}
