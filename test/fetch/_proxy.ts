import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { ExecutionContext } from 'ava'

export interface Proxy {
  /** `HOST:PORT` for an address. */
  readonly host: string
  /** `GET http://…` and `CONNECT host:port`, with the Authorization that came along. */
  readonly asked: { readonly line: string; readonly authorization: string | undefined }[]
}

export interface ProxyOptions {
  /** Where everything goes, whatever host is asked for: names need not exist. */
  readonly port: number
  /** Answers with this status instead. */
  readonly refuse?: number
  /** Takes CONNECT and says nothing. */
  readonly mute?: boolean
  readonly secure?: { readonly key: string; readonly cert: string }
}

/** A forward proxy on loopback that ends with the test. */
export const startProxy = async (t: ExecutionContext, { port, refuse, mute, secure }: ProxyOptions): Promise<Proxy> => {
  const asked: Proxy['asked'] = []
  const note = ({ method, url, headers }: IncomingMessage): void =>
    void asked.push({ line: `${method} ${url}`, authorization: headers['proxy-authorization'] })
  const listener: RequestListener = (incoming, response) => {
    note(incoming)
    if (refuse !== undefined) {
      response.writeHead(refuse).end()
      return
    }
    const { pathname } = new URL(incoming.url ?? '')
    const outgoing = request({ host: '127.0.0.1', port, path: pathname, headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    outgoing.end()
  }
  const server = secure === undefined ? createServer(listener) : createSecureServer(secure, listener)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    note(incoming)
    client.on('error', () => {})
    if (mute) return
    if (refuse !== undefined) {
      client.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}
