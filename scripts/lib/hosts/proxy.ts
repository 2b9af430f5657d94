// Reaches a host by way of another: ProxyJump and ProxyCommand of ssh_config.

import { Duplex } from 'node:stream'
import { startChild } from '../_helpers/child.ts'
import { cleanEnvironment, namedVariables } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'

/** The host behind it. */
export interface Behind {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly user: string
  /** ssh_config instead of the user's own. */
  readonly config: string | undefined
}

const refused = (message: string, found: string, expected: string): BoxhoundError =>
  new BoxhoundError('E_SSH_PROXY', message, { exitCode: 2, expected, found, next: 'fix it in ssh_config' })

/** The command of a ProxyJump, as ssh itself starts it: `-W` at the last hop, reached by way of the others. */
export const jumpCommand = (jump: string, { host, port, config }: Behind): string[] => {
  const hops = jump.split(',')
  const last = hops.pop() ?? ''
  const [, user, name = '', at] = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:@]+)(?::(\d+))?$/.exec(last) ?? []
  const bare = name.replaceAll(/^\[|\]$/g, '')
  if (bare === '' || bare.startsWith('-') || user?.startsWith('-') === true)
    throw refused('ProxyJump names no host', jump, '[user@]host[:port], several with commas')
  return [
    'ssh',
    ...(config === undefined ? [] : ['-F', config]),
    // Nobody is there to answer a question, so an unknown host key is a refusal.
    ...['-o', 'BatchMode=yes', '-o', 'ClearAllForwardings=no'],
    ...(user === undefined ? [] : ['-l', user]),
    ...(at === undefined ? [] : ['-p', at]),
    ...(hops.length === 0 ? [] : ['-J', hops.join(',')]),
    ...['-W', `[${host}]:${port}`, '--', bare],
  ]
}

/** The command of a ProxyCommand: a shell runs it, with ssh's tokens replaced. */
export const shellCommand = (command: string, { name, host, port, user }: Behind): string[] => {
  // The shell would read more than a name in these.
  for (const text of [name, host, user])
    if (!/^[\w.:%@+-]+$/.test(text))
      throw refused('not a name that a ProxyCommand may be given', text, 'letters, digits, dots')
  const tokens: Readonly<Record<string, string>> = { h: host, n: name, p: String(port), r: user, '%': '%' }
  const line = command.replaceAll(/%(.)/g, (whole, token: string) => tokens[token] ?? whole)
  return ['/bin/sh', '-c', `exec ${line}`]
}

/** A connection that a program holds. */
export interface ProxyConnection {
  readonly stream: Duplex
  /** What the program said on standard error. */
  readonly said: () => string
  /** Resolves when the program has ended, or could not be started. */
  readonly ended: Promise<void>
  readonly end: () => void
}

/** Starts a proxy's program; its standard input and output are the connection. */
export const openProxy = ([program = '', ...words]: readonly string[]): ProxyConnection => {
  const child = startChild(program, words, {
    stdio: ['pipe', 'pipe', 'pipe'],
    dies: 'SIGKILL',
    environment: { ...cleanEnvironment(), ...namedVariables(/^SSH_AUTH_SOCK$/) },
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-1000)
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', (error) => {
      said = error.message
      resolve()
    })
  })
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin })
  stream.on('error', () => {})
  return { stream, said: () => said.trim(), ended, end: () => void child.kill('SIGTERM') }
}
