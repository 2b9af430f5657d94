// Serves the lab's files on loopback.

import { createServer } from 'node:http'
import sirv from 'sirv'

export interface LabServer {
  /** Starts serving a folder and returns its address: `http://127.0.0.1:PORT/NAME/`. The name is a plain word. */
  readonly serve: (name: string, folder: string) => string
  readonly close: () => Promise<void>
}

/** Serves the lab's files on a free loopback port during a bake; each folder is below a name of its own. */
export const startLabServer = async (): Promise<LabServer> => {
  const handlers = new Map<string, ReturnType<typeof sirv>>()
  const server = createServer((request, response) => {
    const missing = (): void => {
      response.statusCode = 404
      response.end()
    }
    const [, name = '', path = ''] = /^\/([a-z0-9_-]+)(\/.*)$/.exec(request.url ?? '') ?? []
    const handler = handlers.get(name)
    if (handler === undefined) return missing()
    request.url = path
    handler(request, response, missing)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    serve: (name, folder) => {
      handlers.set(name, sirv(folder, { dev: true }))
      return `http://127.0.0.1:${port}/${name}/`
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
