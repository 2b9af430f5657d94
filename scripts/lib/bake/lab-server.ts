import { createServer } from 'node:http'
import sirv from 'sirv'

export interface LabServer {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string
  /** Serves this folder from now on. */
  readonly serve: (folder: string) => void
  readonly close: () => Promise<void>
}

/** Serves the lab's signed repository on a free loopback port for the time of a bake. */
export const startLabServer = async (): Promise<LabServer> => {
  let handler: ReturnType<typeof sirv> | undefined
  const server = createServer((request, response) => {
    const missing = (): void => {
      response.statusCode = 404
      response.end()
    }
    if (handler === undefined) missing()
    else handler(request, response, missing)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    serve: (folder) => {
      handler = sirv(folder, { dev: true })
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
