import type { IncomingMessage } from 'node:http'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { decompress } from './compression.ts'
import { statusOf } from './failure.ts'
import { type KeyState, keyState } from './key.ts'
import type { Payload } from './payloads.ts'
import type { Recorder } from './record.ts'
import { type Answer, routeOf } from './routes.ts'

/** Maximum size of a body in bytes, both before and after decompression. */
export const bodyLimit = 50_000_000

const forbidden: Answer = { status: 403, body: '{"errors":["Forbidden"]}' }

const refusal = (status: number, reason: string): Answer => ({ status, body: JSON.stringify({ errors: [reason] }) })

/**
 * Reads the whole body. Above the limit it keeps just enough to detect that, and discards the rest, so that the sender
 * gets the response.
 */
const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request) {
    if (size <= bodyLimit) pieces.push(piece)
    size += piece.length
  }
  return Buffer.concat(pieces)
}

const header = (value: string | undefined): string => (value ?? '').trim().toLowerCase()

const readPayload = async (request: IncomingMessage, path: string): Promise<Payload> => {
  const contentEncoding = header(request.headers['content-encoding']) || 'identity'
  const body = decompress(await readBody(request), contentEncoding, bodyLimit)
  return { path, contentType: header(request.headers['content-type']), contentEncoding, body }
}

/** `POST /path (type, encoding)`: identifies a request in problem reports, without its key. */
const named = ({ method = '', headers }: IncomingMessage, path: string): string =>
  `${method} ${path} (${headers['content-type'] ?? 'no Content-Type'}, ${headers['content-encoding'] ?? 'identity'})`

const take = async (request: IncomingMessage, path: string, recorder: Recorder): Promise<Answer> => {
  const route = routeOf(path)
  if (route === undefined) {
    recorder.problem(`${named(request, path)}: the intake has no such path`)
    return refusal(404, 'Not found')
  }
  try {
    recorder.add(path, route.read(await readPayload(request, path)))
    return route.taken
  } catch (error) {
    // A connection that broke in the middle of the body proves nothing about the sender, who gets no response and tries
    // again.
    if (!request.complete) {
      recorder.countInterrupted()
      return refusal(400, 'Incomplete body')
    }
    const reason = error instanceof Error ? error.message : String(error)
    recorder.problem(`${named(request, path)}: ${reason}`)
    return refusal(statusOf(error), error instanceof BoxhoundError ? reason : 'Internal error')
  }
}

const missedKey: Readonly<Record<Exclude<KeyState, 'header'>, string>> = {
  missing: 'came without a key',
  wrong: 'came with another key',
  query: 'has the key in its address, where proxies and logs see it',
}

/** Responds to one request and records its content. */
export const handle = async (request: IncomingMessage, apiKey: string, recorder: Recorder): Promise<Answer> => {
  recorder.countRequest()
  const [path = '/', ...rest] = (request.url ?? '/').split('?')
  const looks = request.method === 'GET' || request.method === 'HEAD'
  // Checking whether anything listens needs no key.
  if (looks && path === '/') return { status: 200, body: '{}' }
  const validates = looks && path === '/api/v1/validate'
  const state = keyState(apiKey, request.headers, new URLSearchParams(rest.join('?')))
  // The Agent validates its own key with `?api_key=`.
  if (state !== 'header' && !(validates && state === 'query'))
    recorder.problem(`${request.method} ${path} ${missedKey[state]}`)
  if (state === 'missing' || state === 'wrong') return forbidden
  if (validates) {
    recorder.countValidation()
    return { status: 200, body: '{"valid":true}' }
  }
  // The Agent probes the flare endpoint before it sends one.
  if (looks) return { status: 200, body: '{}' }
  if (request.method === 'POST') return take(request, path, recorder)
  recorder.problem(`${named(request, path)}: the intake takes POST alone`)
  return refusal(405, 'Method not allowed')
}
