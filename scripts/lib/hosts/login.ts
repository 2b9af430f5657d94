// One SSH connection for one command, with every resource bounded.

import { setTimeout as sleep } from 'node:timers/promises'
import ssh2, { type AnyAuthMethod, type Client, type ServerHostKeyAlgorithm } from 'ssh2'
import { BoxhoundError } from '../_helpers/errors.ts'
import { fingerprintOf } from '../_helpers/host-key.ts'
import type { Endpoint } from './endpoint.ts'
import { refusalOf, wantedTypes } from './host-trust.ts'
import { openProxy, type ProxyConnection } from './proxy.ts'

/** What a command printed. */
export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Fingerprint of the host key that the server proved to have. */
  readonly hostKey: string
}

export interface AskOptions {
  readonly command: string
  readonly stdin: string
  /** Largest output in bytes; a host that prints more is cut off at once. */
  readonly limit: number
  /** In seconds, from the first packet to the last. */
  readonly deadline: number
  readonly signal?: AbortSignal
}

const types: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

const methods = ({ user, keys, agent }: Endpoint): AnyAuthMethod[] => [
  ...keys.map(({ content }) => ({ type: 'publickey' as const, username: user, key: content })),
  ...(agent === undefined ? [] : [{ type: 'agent' as const, username: user, agent }]),
]

const place = ({ user, host, port }: Endpoint): string => `${user}@${host}:${port}`

const loginError = (endpoint: Endpoint, error: Error & { level?: string }): BoxhoundError =>
  error.level === 'client-authentication'
    ? new BoxhoundError('E_SSH_AUTH', `${place(endpoint)} accepts no key`, {
        expected: `a login with ${[...endpoint.keys.map(({ file }) => file), ...(endpoint.agent === undefined ? [] : ['a key of the ssh-agent'])].join(', ')}`,
        found: error.message,
        next: `try ssh -v ${endpoint.user}@${endpoint.host}`,
      })
    : new BoxhoundError('E_SSH_CONNECT', `cannot connect to ${place(endpoint)} by SSH`, { found: error.message })

/** Milliseconds that a proxy's program may take to say why it has ended. */
const lastWords = 500

/** What the proxy's program said explains more than a closed connection. */
const explained = async (error: unknown, proxy: ProxyConnection | undefined): Promise<unknown> => {
  if (proxy === undefined || !(error instanceof BoxhoundError) || error.code !== 'E_SSH_CONNECT') return error
  await Promise.race([proxy.ended, sleep(lastWords)])
  if (proxy.said() === '') return error
  return new BoxhoundError(error.code, error.message, { ...error.details, found: `the proxy said: ${proxy.said()}` })
}

/** Runs the command on a connection that is open, and collects what it prints. */
const execute = (client: Client, options: AskOptions): Promise<Omit<Answer, 'hostKey'>> =>
  new Promise((resolve, reject) => {
    client.exec(options.command, (error, channel) => {
      if (error !== undefined) {
        reject(new BoxhoundError('E_SSH_LOST', 'the host refused to run a command', { found: error.message }))
        return
      }
      const parts: [Buffer[], Buffer[]] = [[], []]
      let size = 0
      const take = (chunks: Buffer[]) => (chunk: Buffer) => {
        size += chunk.length
        if (size <= options.limit) chunks.push(chunk)
        else reject(new BoxhoundError('E_SSH_OUTPUT', `the host printed more than ${options.limit} bytes`))
      }
      const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8')
      channel.on('data', take(parts[0]))
      channel.stderr.on('data', take(parts[1]))
      channel.on('error', () => {})
      channel.on('close', (code?: number | null, signal?: string) => {
        if (typeof code === 'number') resolve({ code, stdout: text(parts[0]), stderr: text(parts[1]) })
        else
          reject(
            new BoxhoundError(
              'E_SSH_LOST',
              signal ? `the command was ended by ${signal}` : 'the connection ended early',
              {
                found: text(parts[1]).trim().slice(-500) || 'no exit status',
              },
            ),
          )
      })
      channel.end(options.stdin)
    })
  })

/**
 * Logs in, runs one command, and leaves. A server with a wrong or unknown host key learns nothing.
 *
 * @throws BoxhoundError E_HOST_KEY, E_SSH_AUTH, E_SSH_CONNECT, E_SSH_LOST, E_SSH_OUTPUT or E_SSH_DEADLINE. Whatever
 *   happens, the socket is closed when this settles.
 */
export const ask = async (endpoint: Endpoint, options: AskOptions): Promise<Answer> => {
  const client: Client = new ssh2.Client()
  let [refusal, hostKey]: [BoxhoundError | undefined, string] = [undefined, '']
  let timer: NodeJS.Timeout | undefined
  const wanted = wantedTypes(endpoint)
  const { signal } = options
  const proxy = endpoint.proxy === undefined ? undefined : openProxy(endpoint.proxy)
  let abort = (): void => {}
  const ended = new Promise<never>((_, reject) => {
    const stop = (error: BoxhoundError): void => reject(refusal ?? error)
    timer = setTimeout(
      () => stop(new BoxhoundError('E_SSH_DEADLINE', `${place(endpoint)} did not finish within ${options.deadline} s`)),
      options.deadline * 1000,
    )
    abort = () => stop(new BoxhoundError('E_INTERRUPTED', 'the run ended first'))
    signal?.addEventListener('abort', abort, { once: true })
    client.on('error', (error: Error & { level?: string }) => stop(loginError(endpoint, error)))
    client.on('close', () => stop(loginError(endpoint, new Error('the server closed the connection'))))
  })
  ended.catch(() => {})
  try {
    signal?.throwIfAborted()
    await Promise.race([
      ended,
      new Promise<void>((resolve) => {
        client.once('ready', resolve)
        client.connect({
          ...(proxy === undefined ? { host: endpoint.host, port: endpoint.port } : { sock: proxy.stream }),
          username: endpoint.user,
          readyTimeout: 0,
          keepaliveInterval: 5000,
          keepaliveCountMax: 4,
          authHandler: methods(endpoint),
          algorithms: { serverHostKey: types.filter((type) => wanted === undefined || wanted.includes(type)) },
          hostVerifier: (key: Buffer): boolean => {
            hostKey = fingerprintOf(key)
            refusal = refusalOf(endpoint, hostKey)
            return refusal === undefined
          },
        })
      }),
    ])
    return { ...(await Promise.race([ended, execute(client, options)])), hostKey }
  } catch (error) {
    throw await explained(error, proxy)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    client.destroy()
    proxy?.end()
  }
}
