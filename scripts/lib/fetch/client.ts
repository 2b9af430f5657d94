import { createSecureContext, type SecureContext } from 'node:tls'
import type { Dispatcher } from 'undici'
import { authorities } from './authorities.ts'
import type { Network } from './network.ts'

/** How long a download waits for what does not come, in milliseconds (fault 36). */
export interface Deadlines {
  /** For a connection, TLS included. */
  readonly connect: number
  /** For the answer's beginning, and between two pieces of it: caches that fetch a file first let one wait. */
  readonly quiet: number
}

export const usualDeadlines: Deadlines = { connect: 15_000, quiet: 60_000 }

/** The proxy for addresses of a protocol; empty for none. */
export const proxyFor = (protocol: string, { proxy = '', httpProxy = proxy }: Network): string =>
  protocol === 'http:' ? httpProxy : proxy

export interface Trust {
  readonly secureContext?: SecureContext
  /** False only to read the certificate of who could not be verified, for the message (trust.ts). */
  readonly rejectUnauthorized?: false
}

/** Everything that a run of downloads needs to reach servers; dispatchers are made when they are needed first. */
export interface Client {
  readonly network: Network
  readonly deadlines: Deadlines
  readonly dispatcher: (protocol: string) => Promise<Dispatcher>
  readonly close: () => Promise<void>
}

/** A client that closes all its connections at the end. Each verb's downloads share one. */
export const openClient = (network: Network, deadlines: Deadlines = usualDeadlines): Client => {
  const dispatchers = new Map<string, Promise<Dispatcher>>()
  let trusted: Promise<Trust> | undefined
  const trust = (): Promise<Trust> => {
    trusted ??= authorities(network.caBundle).then((ca) => ({ secureContext: createSecureContext({ ca }) }))
    return trusted
  }
  // Reading all authorities takes 50 ms, and a bundle that nothing needs must not stop a plain download.
  const isPlain = (protocol: string): boolean =>
    protocol === 'http:' && !proxyFor(protocol, network).startsWith('https:')
  const make = async (protocol: string): Promise<Dispatcher> =>
    // Undici is loaded when something is fetched: a bake that has all it needs pays nothing.
    (await import('./dispatcher.ts')).dispatcherFor(
      protocol,
      network,
      deadlines,
      isPlain(protocol) ? {} : await trust(),
    )
  return {
    network,
    deadlines,
    dispatcher: (protocol) => {
      const made = dispatchers.get(protocol) ?? make(protocol)
      dispatchers.set(protocol, made)
      return made
    },
    close: async () => {
      for (const made of dispatchers.values()) await made.then((one) => one.destroy()).catch(() => {})
    },
  }
}
