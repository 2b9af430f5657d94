import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { type Server, serve } from '../fetch/_server.ts'

/** What a registry in trouble does; each may be changed between two requests. */
export interface Faults {
  /** Takes over a request: true when it has been answered. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Takes so many bytes of the next pieces of uploads and then breaks the connection, once each. */
  breakUploads?: number[]
  /** Drops an upload that was broken. */
  forgetful?: boolean
  /** Counts a byte too few of a broken piece. */
  miscounts?: boolean
  /** Breaks the connection after so many bytes of a blob, once each. */
  cuts?: number[]
  /** Answers a range with the whole blob. */
  ignoresRange?: boolean
}

export interface FakeRegistry extends Server {
  readonly host: string
  readonly blobs: Map<string, Buffer>
  readonly manifests: Map<string, Buffer>
  readonly faults: Faults
  /** `POST blobs/uploads/`, paths without repository and digests cut, in order. */
  readonly log: string[]
}

const path = '/v2/team/layers/'

const read = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** An OCI registry in memory, as far as layers need one: the repository team/layers. */
export const fakeRegistry = async (t: ExecutionContext): Promise<FakeRegistry> => {
  const [blobs, manifests, uploads] = [new Map<string, Buffer>(), new Map<string, Buffer>(), new Map<string, Buffer>()]
  const faults: Faults = {}
  const log: string[] = []

  const blob = (request: IncomingMessage, response: ServerResponse, digest: string): void => {
    const content = blobs.get(digest)
    if (content === undefined) return void response.writeHead(404).end()
    const start = faults.ignoresRange ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const body = content.subarray(start)
    if (start > 0) response.setHeader('content-range', `bytes ${start}-${content.length - 1}/${content.length}`)
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length, etag: `"sha256:${digest}"` })
    const cut = request.method === 'GET' && body.length > 5000 ? faults.cuts?.shift() : undefined
    if (request.method === 'HEAD') response.end()
    else if (cut === undefined) response.end(body)
    else {
      response.write(body.subarray(0, cut))
      response.socket?.end() // not destroyed: what was sent arrives
    }
  }

  const piece = (request: IncomingMessage, response: ServerResponse, id: string, before: Buffer): void => {
    const cut = faults.breakUploads?.shift()
    const chunks = [before]
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (cut === undefined || bytes < cut) return
      const whole = Buffer.concat(chunks).subarray(0, before.length + cut)
      uploads.set(id, faults.miscounts ? Buffer.concat([whole, Buffer.from('?')]) : whole)
      if (faults.forgetful) uploads.delete(id)
      request.removeAllListeners('data').removeAllListeners('end')
      request.socket.destroy()
    })
    request.on('end', () => {
      uploads.set(id, Buffer.concat(chunks))
      response.writeHead(202, { location: `${path}blobs/uploads/${id}?_state=x` }).end()
    })
  }

  const upload = async (request: IncomingMessage, response: ServerResponse, id: string, url: URL): Promise<void> => {
    const content = uploads.get(id)
    if (content === undefined) return void response.writeHead(404).end()
    if (request.method === 'PATCH') return piece(request, response, id, content)
    if (request.method === 'GET') {
      const range = `0-${Math.max(0, content.length - 1)}`
      return void response.writeHead(204, { range, location: `${path}blobs/uploads/${id}` }).end()
    }
    const whole = Buffer.concat([content, await read(request)])
    uploads.delete(id)
    if (url.searchParams.get('digest') !== `sha256:${sha256(whole)}`)
      return void response.writeHead(400).end('{"errors":[{"code":"DIGEST_INVALID","message":"no\\u001b[31m"}]}')
    blobs.set(sha256(whole), whole)
    response.writeHead(201).end()
  }

  const manifest = async (request: IncomingMessage, response: ServerResponse, tag: string): Promise<void> => {
    if (request.method === 'PUT') {
      manifests.set(tag, await read(request))
      return void response.writeHead(201).end()
    }
    const content = manifests.get(tag)
    response.writeHead(content === undefined ? 404 : 200).end(content)
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://x')
    const rest = url.pathname.startsWith(path) ? url.pathname.slice(path.length) : url.pathname
    log.push(`${request.method} ${rest.replace(/uploads\/.+/, 'uploads/…').replace(/([0-9a-f]{8})[0-9a-f]{56}/, '$1')}`)
    if (faults.intercept?.(request, response) === true) return
    const [kind = '', first = '', second = ''] = rest.split('/')
    if (kind === 'manifests') return manifest(request, response, first)
    if (kind === 'blobs' && first === 'uploads') {
      if (request.method !== 'POST') return upload(request, response, second, url)
      const id = randomUUID()
      uploads.set(id, Buffer.alloc(0))
      return void response.writeHead(202, { location: `${path}blobs/uploads/${id}?_state=x` }).end()
    }
    if (kind === 'blobs') return blob(request, response, first.replace('sha256:', ''))
    response.writeHead(404).end()
  }

  const server = await serve(t, (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  return { ...server, host: `127.0.0.1:${server.port}`, blobs, manifests, faults, log }
}
