// A fleet of made-up hosts: SSH servers on loopback that describe a healthy Agent, as suite/host/gather.py does.

import type { AddressInfo } from 'node:net'
import ssh2 from 'ssh2'
import { fingerprintOf } from '../../scripts/lib/_helpers/host-key.ts'
import { type MadeKey, makeKey } from './key.ts'

/** One made-up host. */
export interface FleetHost {
  readonly name: string
  readonly port: number
  /** `SHA256:…` */
  readonly hostKey: string
}

export interface Fleet {
  readonly hosts: readonly FleetHost[]
  /** The private key that every host accepts. */
  readonly userKey: string
  readonly close: () => Promise<void>
}

type Tree = Record<string, unknown>

/** The recorded description under another name. */
const describe = (facts: string, name: string, index: number): string => {
  const document = JSON.parse(facts.replaceAll('boxhound-2bf25b', name)) as Tree & { host: Tree }
  return JSON.stringify({ ...document, host: { ...document.host, machine: index.toString(16).padStart(16, '0') } })
}

const serve = (connection: ssh2.Connection, answer: string, userKey: MadeKey): void => {
  connection.on('error', () => {})
  connection.on('authentication', (context) => {
    const known = context.method === 'publickey' && context.key.data.equals(userKey.parsed.getPublicSSH())
    if (!known) return context.reject(['publickey'])
    const { signature, blob } = context
    return signature === undefined || (blob !== undefined && userKey.parsed.verify(blob, signature) === true)
      ? context.accept()
      : context.reject()
  })
  connection.on('session', (accept) => {
    accept().on('exec', (acceptExec) => {
      const channel = acceptExec()
      channel.on('error', () => {})
      // A host reads the program before it answers.
      channel.on('end', () => {
        channel.write(answer)
        channel.exit(0)
        channel.end()
      })
      channel.resume()
    })
  })
}

/**
 * Starts hosts on free ports of 127.0.0.1, in this process.
 *
 * @param facts the text of facts.json.
 */
export const startFleetServers = async (count: number, facts: string): Promise<Fleet> => {
  const userKey = makeKey()
  const started = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const name = `host-${String(index + 1).padStart(3, '0')}`
      const { pem, parsed } = makeKey()
      const answer = describe(facts, name, index)
      const server = new ssh2.Server({ hostKeys: [pem] }, (connection) => serve(connection, answer, userKey))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      return { host: { name, port, hostKey: fingerprintOf(parsed.getPublicSSH()) }, server }
    }),
  )
  const close = async (): Promise<void> => {
    await Promise.all(started.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve()))))
  }
  return { hosts: started.map(({ host }) => host), userKey: userKey.pem, close }
}
