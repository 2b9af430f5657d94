// Connections, deadlines and trust of a run of downloads.

import type { Dispatcher } from 'undici'
import { type Deadlines, type Network, usualDeadlines } from './network.ts'

/** Everything that a series of downloads needs to reach servers. Dispatchers are created on first use. */
export interface Client {
  readonly network: Network
  readonly deadlines: Deadlines
  readonly dispatcher: (protocol: string) => Promise<Dispatcher>
  /** Authentication headers for this address only, instead of `network.logins`. */
  readonly authorize?: (url: URL) => { readonly authorization?: string }
  readonly close: () => Promise<void>
}

/** A client that closes all its connections at the end. All downloads of a verb share one. */
export const openClient = (network: Network, deadlines: Deadlines = usualDeadlines): Client => {
  const dispatchers = new Map<string, Promise<Dispatcher>>()
  // undici and Node's TLS are only loaded for an actual download, so a bake without one doesn't pay for them.
  const make = async (protocol: string): Promise<Dispatcher> =>
    (await import('./dispatcher.ts')).trustingDispatcher(protocol, network, deadlines)
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
