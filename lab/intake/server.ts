import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { handle } from './handle.ts'
import type { Received } from './payloads.ts'
import { createRecorder } from './record.ts'
import { createWaiters } from './waiters.ts'

export type { Encoding, Host, LogLine, Received, Series, ServiceCheck, Span } from './payloads.ts'

/** A sink that responds like Datadog's intake, on this machine only. */
export interface Intake {
  readonly port: number
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string
  /** Always the same object; it grows. */
  received(): Received
  /**
   * Resolves when the next request has been recorded, including refused ones. A caller that checks `received()` and
   * then waits, with no other await in between, misses nothing.
   *
   * @throws the signal's reason, or BoxhoundError E_INTAKE_CLOSED when the intake closes.
   */
  changed(signal?: AbortSignal): Promise<void>
  /** Also closes open connections; may be called twice. */
  close(): Promise<void>
}

/**
 * In milliseconds. Longer than Go clients keep an idle connection (90 s), so that none writes to one that is being
 * closed.
 */
const keepAlive = 120_000

const send = (
  response: ServerResponse,
  { status, body }: { status: number; body: string },
  withBody: boolean,
): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(withBody ? body : undefined)
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new BoxhoundError('E_INTAKE_PORT', `the intake can't listen on port ${port} of 127.0.0.1: ${cause.message}`, {
          expected: 'a free port',
          next: 'leave the port out, and a free one is taken',
          cause,
        }),
      ),
    )
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

/**
 * Starts an intake for Agents with one known key. An Agent reaches it by `DD_DD_URL`, `DD_APM_DD_URL` (both
 * `http://127.0.0.1:PORT`) and `DD_LOGS_CONFIG_LOGS_DD_URL` (`127.0.0.1:PORT`, with `DD_LOGS_CONFIG_LOGS_NO_SSL=true`).
 *
 * @throws BoxhoundError E_INTAKE_KEY without a key, E_INTAKE_PORT if the port is taken.
 */
export const startIntake = async ({ apiKey, port = 0 }: { apiKey: string; port?: number }): Promise<Intake> => {
  if (apiKey === '')
    throw new BoxhoundError('E_INTAKE_KEY', 'the intake needs a key to know its Agents by', {
      expected: 'any text, such as 32 hexadecimal digits',
      found: 'an empty text',
      next: 'give the key that the Agent has',
    })
  const recorder = createRecorder(apiKey)
  const waiters = createWaiters()
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await handle(request, apiKey, recorder)
    waiters.wake()
    send(response, answer, request.method !== 'HEAD')
  }
  const server = createServer({ keepAliveTimeout: keepAlive }, (request, response) => void serve(request, response))
  const actual = await listen(server, port)
  return {
    port: actual,
    url: `http://127.0.0.1:${actual}`,
    received: () => recorder.received,
    changed: waiters.next,
    close: async () => {
      waiters.end(new BoxhoundError('E_INTAKE_CLOSED', 'the intake was closed while something was awaited'))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
