import type { ServerResponse } from 'node:http'
import type { Fault } from './account-state.ts'

/** A response before it is sent. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; no body with 204. */
  readonly body?: unknown
}

/** The response of a rate-limited account, with the headers that the documentation names. */
export const rateLimited = (resetSeconds: number): Fault => ({
  kind: 'status',
  status: 429,
  headers: {
    'X-RateLimit-Limit': '100',
    'X-RateLimit-Period': '60',
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': String(resetSeconds),
    'X-RateLimit-Name': 'lab',
  },
  body: '{"errors":["Rate limit of 100 requests in 60 seconds reached. Please try again later."]}',
})

const write = (response: ServerResponse, { status, headers, body }: Reply): void => {
  if (body === undefined) {
    response.writeHead(status, headers).end()
    return
  }
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers })
  response.end(bytes)
}

/** Sends the headers of the full response, then only half of it. */
const breakOff = (response: ServerResponse, { status, headers, body }: Reply): void => {
  const bytes = Buffer.from(JSON.stringify(body ?? {}))
  response.writeHead(status === 204 ? 200 : status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...headers,
  })
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy())
}

/** Applies a fault that comes before processing. @returns whether the request is done. */
export const failBefore = (response: ServerResponse, fault: Fault | undefined): boolean => {
  if (fault?.kind === 'lost-before') response.destroy()
  else if (fault?.kind === 'status')
    response
      .writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers })
      .end(fault.body ?? '{"errors":["the lab’s account was told to fail"]}')
  else return false
  return true
}

/** Sends the response to a processed request, or what a fault makes of it. */
export const answer = (response: ServerResponse, reply: Reply, fault: Fault | undefined): void => {
  switch (fault?.kind) {
    case 'lost-after':
      response.destroy()
      return
    case 'broken':
      breakOff(response, reply)
      return
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>down for maintenance</body></html>')
      return
    case 'slow': {
      const timer = setTimeout(() => write(response, reply), fault.milliseconds)
      response.on('close', () => clearTimeout(timer))
      return
    }
    default:
      write(response, reply)
  }
}
