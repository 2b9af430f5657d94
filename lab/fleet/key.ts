// SSH keys of made-up hosts.

import ssh2, { type ParsedKey } from 'ssh2'

export interface MadeKey {
  /** In OpenSSH's format. */
  readonly pem: string
  readonly parsed: ParsedKey
}

/** A new Ed25519 key. ssh2 writes about one in 250 so that it cannot read it again itself; those are made anew. */
export const makeKey = (): MadeKey => {
  for (;;) {
    const pem = ssh2.utils.generateKeyPairSync('ed25519').private
    const parsed = ssh2.utils.parseKey(pem)
    if (!(parsed instanceof Error)) return { pem, parsed }
  }
}
