// Undici, with proxies.

import { createSecureContext, type SecureContext } from 'node:tls'
import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { authorities } from './authorities.ts'
import type { Deadlines } from './deadlines.ts'
import { type Network, proxyFor } from './network.ts'

const loopback = 'localhost,127.0.0.1,[::1]'

/** Undici knows `*` only where it stands alone. */
const noProxyOf = ({ noProxy = '' }: Network): string =>
  noProxy.split(/[,\s]+/).includes('*') ? '*' : [noProxy, loopback].filter(Boolean).join(',')

export interface Trust {
  readonly secureContext?: SecureContext
  /** False only to read the certificate of who could not be verified, for the message (trust.ts). */
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
  // Node gives up an address after 250 ms by itself, which is less than some networks need to answer.
  const connect = { ...trust, timeout, autoSelectFamilyAttemptTimeout: Math.min(2000, timeout) }
  return new EnvHttpProxyAgent({
    httpProxy: protocol === 'http:' ? proxy : '',
    httpsProxy: protocol === 'https:' ? proxy : '',
    noProxy: noProxyOf(network),
    connect,
    requestTls: connect,
    // Who the proxy is, is never left open: it gets the password.
    proxyTls: { ...connect, rejectUnauthorized: true },
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: quiet }),
    // Plain requests go to a proxy as plain requests: many refuse CONNECT to port 80.
    proxyTunnel: false,
    headersTimeout: quiet,
    bodyTimeout: quiet,
  })
}

/**
 * The dispatcher that downloads use: it trusts Node's authorities, the system's, and those of `network.caBundle`.
 *
 * @throws BoxhoundError E_CA_BUNDLE
 */
export const trustingDispatcher = async (
  protocol: string,
  network: Network,
  deadlines: Deadlines,
): Promise<Dispatcher> => {
  // Reading all authorities takes 50 ms, and a bundle that nothing needs must not stop a plain download.
  const isPlain = protocol === 'http:' && !proxyFor(protocol, network).startsWith('https:')
  const trust = isPlain ? {} : { secureContext: createSecureContext({ ca: await authorities(network.caBundle) }) }
  return dispatcherFor(protocol, network, deadlines, trust)
}
