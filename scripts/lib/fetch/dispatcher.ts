import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { type Deadlines, proxyFor, type Trust } from './client.ts'
import type { Network } from './network.ts'

const loopback = 'localhost,127.0.0.1,[::1]'

/** Undici knows `*` only where it stands alone. */
const noProxyOf = ({ noProxy = '' }: Network): string =>
  noProxy.split(/[,\s]+/).includes('*') ? '*' : [noProxy, loopback].filter(Boolean).join(',')

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
