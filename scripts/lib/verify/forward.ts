// Forwards a port of the machine to this process.

import { connect } from 'node:net'
import type { Client } from 'ssh2'
import { BoxhoundError } from '../_helpers/errors.ts'

/** Opens a port on an SSH server's loopback; connections to it are forwarded to `port` on this machine's loopback. */
export const forwardPort = (client: Client, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    client.on('tcp connection', (_, accept) => {
      const channel = accept()
      const socket = connect(port, '127.0.0.1')
      // Either end may break off at any time: the other one goes with it.
      const end = (): void => {
        socket.destroy()
        channel.destroy()
      }
      socket.on('error', end).on('close', () => channel.end())
      channel.on('error', end).on('close', () => socket.destroy())
      socket.pipe(channel).pipe(socket)
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
