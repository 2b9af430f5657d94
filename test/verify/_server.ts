import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import { fingerprintOf } from '../../scripts/lib/_helpers/host-key.ts'
import type { Target } from '../../scripts/lib/verify/results.ts'

/** How the server answers one command. */
export type Answer = (channel: ServerChannel, connection: Connection, command: string) => void

export interface TestServer {
  readonly target: Target
  /** Commands that reached it. */
  readonly commands: string[]
  /** Sessions that were refused. */
  readonly refusals: () => number
  /** Logins that were tried. */
  readonly logins: () => number
}

/** How many sessions the server allows at once, and how many milliseconds after its end it still counts one; 0: until all that has arrived is read. */
export interface Sessions {
  readonly limit: number
  readonly lateBy: number
}

export interface ServerOptions {
  readonly forwards?: boolean
  /** Refuses what is beyond, as sshd does by MaxSessions. */
  readonly sessions?: Sessions
}

/** ssh2 writes about one key in 250 so that it cannot read it again itself (13 of 3000 were seen); ssh-keygen, which makes the real ones, does not. */
const pem = (): string => {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519').private
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key
  }
}

/** An SSH server on loopback that lets one key in and answers as the test says. */
export const startServer = async (
  t: ExecutionContext,
  answer: Answer,
  options: ServerOptions = {},
): Promise<TestServer> => {
  const ports: number[] = []
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const [hostKey, userKey] = [pem(), pem()]
  const key = join(folder, 'key')
  await writeFile(key, userKey, { mode: 0o600 })
  const parsed = ssh2.utils.parseKey(hostKey)
  if (parsed instanceof Error) throw parsed
  const commands: string[] = []
  let [logins, refusals] = [0, 0]
  const { limit, lateBy } = options.sessions ?? { limit: Number.POSITIVE_INFINITY, lateBy: 0 }
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    connection.on('error', () => {})
    connection.on('authentication', (context) => {
      logins += 1
      if (context.method === 'publickey') context.accept()
      else context.reject(['publickey'])
    })
    // Ports that the caller asks for are opened on loopback; each connection to one is handed back through this one.
    connection.on('request', (accept, reject, name, info) => {
      if (name !== 'tcpip-forward' || !options.forwards) return reject?.()
      const door = createServer((socket) => {
        socket.on('error', () => {})
        connection.forwardOut('127.0.0.1', ports.at(-1) ?? 0, '127.0.0.1', 1, (error, channel) => {
          if (error !== undefined) return socket.destroy()
          channel.on('error', () => {})
          socket.pipe(channel).pipe(socket)
          channel.on('close', () => socket.destroy())
          return undefined
        })
      })
      door.listen(info.bindPort, '127.0.0.1', () => {
        const { port } = door.address() as AddressInfo
        ports.push(port)
        accept?.(port)
      })
      t.teardown(() => door.close())
    })
    let counted = 0
    connection.on('session', (accept, reject) => {
      if (counted >= limit) {
        refusals += 1
        return reject()
      }
      counted += 1
      accept().on('exec', (acceptExec, _reject, { command }) => {
        commands.push(command)
        const channel = acceptExec()
        const forget = (): void => {
          counted -= 1
        }
        channel.on('close', () => (lateBy === 0 ? setImmediate(forget) : setTimeout(forget, lateBy)))
        answer(channel, connection, command)
        // Nobody reads most commands' input, and a channel is closed only once it has been read.
        channel.resume()
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const target = { host: '127.0.0.1', port, user: 'root', key, hostKey: fingerprintOf(parsed.getPublicSSH()) }
  return { target, commands, refusals: () => refusals, logins: () => logins }
}
