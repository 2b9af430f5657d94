import type { IncomingMessage } from 'node:http'
import type { Seen } from './account-state.ts'
import { Refusal } from './refusal.ts'

/** Larger than any dashboard. */
const largest = 5 * 1024 * 1024

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size <= largest) chunks.push(bytes)
  }
  if (size > largest) throw new Refusal(413, [`a body of ${size} bytes; at most ${largest} are read`])
  return Buffer.concat(chunks).toString('utf8')
}

/** The body as shown in `Seen`, and whether it was JSON. */
export interface Body {
  readonly value: unknown
  readonly isJson: boolean
}

/** Reads a request's body. @throws Refusal 413 */
export const readBody = async (request: IncomingMessage): Promise<Body> => {
  const text = await readText(request)
  if (text === '') return { value: undefined, isJson: false }
  try {
    return { value: JSON.parse(text), isJson: true }
  } catch {
    return { value: text, isJson: false }
  }
}

/** Refuses a body that is not JSON by its header or its content. @throws Refusal 400 or 415 */
export const requireJson = (request: IncomingMessage, { isJson }: Body): void => {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new Refusal(415, ['Content-Type: expected application/json'])
  if (!isJson) throw new Refusal(400, ['the body is no JSON'])
}

/** Path and query of a request's target, unchanged. */
export const targetOf = (request: IncomingMessage): { path: string; query: string } => {
  const [path = '', ...rest] = (request.url ?? '/').split('?')
  return { path, query: rest.join('?') }
}

export const seenOf = (request: IncomingMessage, number: number, body: unknown): Seen => ({
  number,
  method: request.method ?? '',
  ...targetOf(request),
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  ),
  body,
})
