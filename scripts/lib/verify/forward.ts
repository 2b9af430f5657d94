// Forwards ports between the machine and this process, loopback to loopback.

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { BoxhoundError } from '../_helpers/errors.ts'

/** Either end may close at any time and then closes the other. */
const join = (socket: Socket, channel: Duplex): void => {
  const end = (): void => {
    socket.destroy()
    channel.destroy()
  }
  socket.on('error', end).on('close', () => channel.end())
  channel.on('error', end).on('close', () => socket.destroy())
  socket.pipe(channel).pipe(socket)
}

/** Opens a port on an SSH server's loopback; connections to it are forwarded to `port` on this machine's loopback. */
export const forwardPort = (client: Client, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    client.on('tcp connection', (_, accept) => {
      join(connect(port, '127.0.0.1'), accept())
    })
    client.forwardIn('127.0.0.1', 0, (error, bound) => {
      if (error === undefined) resolve(bound)
      else
        reject(
          new BoxhoundError('E_SSH_FORWARD', 'the SSH server refuses remote port forwarding', {
            expected: 'AllowTcpForwarding yes, or remote',
            found: error.message,
            next: 'allow it in the sshd_config of the machine',
            cause: error,
          }),
        )
    })
  })

/** A port of this machine's loopback that leads to the target. */
export interface Door {
  readonly port: number
  /** Ends the port and all connections that came through it. */
  readonly close: () => void
}

/** Opens a port on this machine's loopback; each connection to it is joined to `port` of the loopback of the SSH server. */
export const openDoor = async (client: Client, port: number): Promise<Door> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    try {
      client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, channel) => {
        if (error === undefined) join(socket, channel)
        else socket.destroy()
      })
    } catch {
      // The connection is gone.
      socket.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
