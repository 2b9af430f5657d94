// Decides whether a server is the host that was meant. Nothing is trusted on first use (fault 41).

import { BoxhoundError } from '../_helpers/errors.ts'
import { hostKeyError } from '../verify/host-key.ts'
import type { Endpoint } from './endpoint.ts'
import { type KnownKey, knownName } from './known-hosts.ts'

type Trust = Pick<Endpoint, 'hostKey' | 'known' | 'knownFiles' | 'knownAs' | 'port'>

const console_ = 'on the machine’s own console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'

const unknown = ({ known, knownFiles, knownAs, port }: Trust, found: string): BoxhoundError => {
  const signed = known.some(({ marker }) => marker === 'cert-authority')
  return new BoxhoundError('E_HOST_KEY', 'unknown host key', {
    expected: signed
      ? 'a host key in known_hosts; only a certificate authority is there (@cert-authority), and certificates are not supported'
      : `a key for ${knownName(knownAs, port)} in ${knownFiles.join(', ') || 'known_hosts'}`,
    found,
    next: `compare it ${console_}; then give --host-key, or add it to known_hosts`,
  })
}

const plainKeys = ({ known }: Trust): KnownKey[] => known.filter(({ marker }) => marker === '')

/** Types of the host keys that are known, so that the server presents one of them; undefined for any. */
export const wantedTypes = (trust: Trust): string[] | undefined => {
  const types = new Set(plainKeys(trust).map(({ type }) => type))
  if (trust.hostKey !== undefined || types.size === 0) return undefined
  // An RSA key signs by one of two newer algorithms; SHA-1 is not accepted.
  return [...types].flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]))
}

/** Why this host key is refused; undefined if it is the right one. */
export const refusalOf = (trust: Trust, found: string): BoxhoundError | undefined => {
  if (trust.hostKey !== undefined) return found === trust.hostKey ? undefined : hostKeyError(trust.hostKey, found)
  const same = trust.known.filter(({ fingerprint }) => fingerprint === found)
  if (same.some(({ marker }) => marker === 'revoked'))
    return new BoxhoundError('E_HOST_KEY', 'revoked host key', {
      expected: 'a key that is not marked @revoked in known_hosts',
      found,
      next: 'find out why it was revoked, and give the machine a new host key',
    })
  if (same.some(({ marker }) => marker === '')) return undefined
  const keys = plainKeys(trust)
  return keys.length === 0
    ? unknown(trust, found)
    : hostKeyError(keys.map(({ type, fingerprint }) => `${fingerprint} (${type})`).join(', '), found)
}
