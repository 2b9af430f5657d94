// Undici, with proxies.

import { createSecureContext, type SecureContext } from 'node:tls'
import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { authorities } from './authorities.ts'
import type { Network } from './network.ts'
import { type Deadlines, proxyFor } from './network.ts'

const loopback = 'localhost,127.0.0.1,[::1]'

/** undici supports `*` only on its own. */
const noProxyOf = ({ noProxy = '' }: Network): string =>
  noProxy.split(/[,\s]+/).includes('*') ? '*' : [noProxy, loopback].filter(Boolean).join(',')

export interface Trust {
  readonly secureContext?: SecureContext
  /** False only to read an untrusted certificate for the error message (trust.ts). */
  readonly rejectUnauthorized?: false
}

/** Undici's dispatcher for addresses of one protocol. */
export const dispatcherFor = (
  protocol: string,
  network: Network,
  { connect: timeout, quiet }: Deadlines,
  trust: Trust,
): Dispatcher => {
  const proxy = proxyFor(protocol, network)
  // By default Node gives up on an address after 250 ms, which is too short for some networks.
  const connect = { ...trust, timeout, autoSelectFamilyAttemptTimeout: Math.min(2000, timeout) }
  return new EnvHttpProxyAgent({
    httpProxy: protocol === 'http:' ? proxy : '',
    httpsProxy: protocol === 'https:' ? proxy : '',
    noProxy: noProxyOf(network),
    connect,
    requestTls: connect,
    // The proxy is always verified, since it gets the password.
    proxyTls: { ...connect, rejectUnauthorized: true },
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: quiet }),
    // Plain requests go to a proxy without CONNECT: many refuse it for port 80.
    proxyTunnel: false,
    headersTimeout: quiet,
    bodyTimeout: quiet,
  })
}

/**
 * The dispatcher for downloads. It trusts Node's CAs, the system's, and those of `network.caBundle`.
 *
 * @throws BoxhoundError E_CA_BUNDLE
 */
export const trustingDispatcher = async (
  protocol: string,
  network: Network,
  deadlines: Deadlines,
): Promise<Dispatcher> => {
  // Reading all CAs takes 50 ms, and a broken bundle that isn't needed must not stop a plain download.
  const isPlain = protocol === 'http:' && !proxyFor(protocol, network).startsWith('https:')
  const trust = isPlain ? {} : { secureContext: createSecureContext({ ca: await authorities(network.caBundle) }) }
  return dispatcherFor(protocol, network, deadlines, trust)
}
