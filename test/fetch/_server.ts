import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'

export interface Server {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string
  readonly port: number
  readonly requests: IncomingMessage[]
}

/** A server on loopback that ends with the test; `secure` makes it one for https. */
export const serve = async (
  t: ExecutionContext,
  listener: RequestListener,
  secure?: { readonly key: string; readonly cert: string },
): Promise<Server> => {
  const requests: IncomingMessage[] = []
  const take: RequestListener = (request, response) => {
    requests.push(request)
    listener(request, response)
  }
  const server = secure === undefined ? createServer(take) : createSecureServer(secure, take)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `${secure === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, port, requests }
}

export interface Served {
  content: Buffer
  etag?: string | undefined
  lastModified?: string | undefined
  /** Whether it knows ranges. */
  ranges?: boolean
  /** Break the connection after so many bytes of the n-th answer; undefined or none left: send all. */
  cuts?: (number | undefined)[]
}

/** Answers as a good server of files does, If-Range included; `file` may be changed between two requests. */
export const fileListener =
  (file: Served) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const { content, etag, lastModified, ranges = true } = file
    const validator = request.headers['if-range']
    const same = validator === undefined || validator === etag || validator === lastModified
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const partial = ranges && same && request.headers.range !== undefined
    if (etag !== undefined) response.setHeader('etag', etag)
    if (lastModified !== undefined) response.setHeader('last-modified', lastModified)
    if (partial && start >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end()
      return
    }
    const body = partial ? content.subarray(start) : content
    if (partial) response.setHeader('content-range', `bytes ${start}-${content.length - 1}/${content.length}`)
    response.writeHead(partial ? 206 : 200, { 'content-length': body.length })
    const cut = file.cuts?.shift()
    if (cut === undefined) response.end(body)
    else response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 20))
  }

/** A server of one file. */
export const serveFile = (t: ExecutionContext, file: Served): Promise<Server> => serve(t, fileListener(file))
