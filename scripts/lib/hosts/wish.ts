// A host as the caller names it, before ssh's own configuration is asked.

import { BoxhoundError } from '../_helpers/errors.ts'

/** What the caller or the inventory says about a host; the rest comes from ssh's configuration. */
export interface Wish {
  /** As results and reports name it. */
  readonly name: string
  /** A host name, an address, or a name of ssh's configuration. */
  readonly host: string
  readonly port?: number
  readonly user?: string
  /** A private key's file, absolute. */
  readonly key?: string
  /** `SHA256:…` of the expected host key, instead of known_hosts. */
  readonly hostKey?: string
  /** Host tags that the Agent must send. */
  readonly tags: readonly string[]
}

/** A name that ssh takes for an option would be one, and no host name has spaces or controls. */
export const isHostName = (text: string): boolean => /^[^\s\p{C}-][^\s\p{C}]{0,252}$/u.test(text)

/** Refuses what can't be a host's name. */
export const assertHostName = (host: string): void => {
  if (isHostName(host) && !/[*?!@/,;'"`$\\|&<>(){}]/.test(host)) return
  throw new BoxhoundError('E_USAGE', 'not a host name', {
    exitCode: 2,
    expected: 'a host name, an address, or a Host of ssh_config',
    found: JSON.stringify(host),
    next: host.includes('@') ? 'give the user by --user' : 'check the name',
  })
}
