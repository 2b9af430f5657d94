// Finds free ports.

import { createServer } from 'node:net'

/** A loopback port that nothing listens on right now. It may be taken a moment later (fault 29), so callers retry. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })

/** Whether QEMU or a container's listener failed because the port was taken between probe and start. */
export const isPortTaken = (stderr: string): boolean =>
  /Could not set up host forwarding rule|Failed to listen on .*: Address already in use/.test(stderr)
