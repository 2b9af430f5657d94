// Connections, deadlines and trust of a run of downloads.

import type { Dispatcher } from 'undici'
import { type Deadlines, usualDeadlines } from './deadlines.ts'
import type { Network } from './network.ts'

/** Everything that a run of downloads needs to reach servers; dispatchers are made when they are needed first. */
export interface Client {
  readonly network: Network
  readonly deadlines: Deadlines
  readonly dispatcher: (protocol: string) => Promise<Dispatcher>
  /** Headers that prove who asks, for this address alone; in place of `network.logins`. */
  readonly authorize?: (url: URL) => { readonly authorization?: string }
  readonly close: () => Promise<void>
}

/** A client that closes all its connections at the end. Each verb's downloads share one. */
export const openClient = (network: Network, deadlines: Deadlines = usualDeadlines): Client => {
  const dispatchers = new Map<string, Promise<Dispatcher>>()
  // Undici and Node's TLS are loaded when something is fetched: a bake that has all it needs pays nothing.
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
