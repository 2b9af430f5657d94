// The SSH connection of a verification.

import { readFile } from 'node:fs/promises'
import pLimit from 'p-limit'
import ssh2, { type Client } from 'ssh2'
import { BoxhoundError } from '../_helpers/errors.ts'
import { fingerprintOf } from '../_helpers/host-key.ts'
import { type CommandOptions, type CommandResult, runCommand } from './command.ts'
import { forwardPort } from './forward.ts'
import { guardCommand } from './guard.ts'
import { hostKeyError } from './host-key.ts'
import type { Target } from './results.ts'

/** A connection for a whole verification, shared by all commands. */
export interface Session {
  /** Runs a command line in the target's shell; `runCommand` documents what counts as an error. */
  readonly run: (command: string, options?: CommandOptions) => Promise<CommandResult>
  /**
   * Opens a port on the target's loopback, whose connections are forwarded to `port` on this machine's loopback while
   * the session lasts.
   *
   * @returns the target's port.
   * @throws E_SSH_FORWARD if the server does not allow it.
   */
  readonly forward: (port: number) => Promise<number>
  readonly close: () => void
  /** Why the connection is gone; undefined while it works. */
  readonly lost: () => string | undefined
}

export interface SessionOptions {
  /** Timeout for the login in seconds, default 60. */
  readonly deadline?: number
  /** Seconds between keepalive requests, default 3; five without a reply end the connection. */
  readonly keepalive?: number
  /**
   * A number that grows as long as the machine itself makes progress, such as its emulator's processor time. While it
   * grows, an unanswered keepalive means that the machine is slow, not that it is gone.
   */
  readonly progress?: () => number | undefined
  /**
   * True if the machine outlives this process: then it stops by itself whatever the connection has left running there.
   */
  readonly guard?: boolean
  /** Aborts a login, and closes a connection. */
  readonly signal?: AbortSignal
}

const unanswered = 5
/**
 * Half of sshd's MaxSessions (10). sshd releases a closed session only after it has read everything that came with the
 * close, including the next request for a session, so each place may briefly count twice.
 */
const concurrency = 5

/** The cheapest handshake first, since the guest's processor may be emulated. */
const algorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'diffie-hellman-group14-sha256'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes128-ctr'],
  serverHostKey: ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'],
} as const satisfies Record<string, readonly string[]>

const readKey = async (file: string): Promise<Buffer> => {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new BoxhoundError('E_SSH_KEY', 'the private key cannot be read', { file, exitCode: 2, cause })
  }
}

const loginError = (target: Target, error: Error & { level?: string }): BoxhoundError => {
  const place = `${target.user}@${target.host}:${target.port}`
  return error.level === 'client-authentication'
    ? new BoxhoundError('E_SSH_AUTH', `${place} rejects this key`, { file: target.key, found: error.message })
    : new BoxhoundError('E_SSH_CONNECT', `cannot connect to ${place} by SSH`, { found: error.message })
}

/** The base64 of a target's public key, as in authorized_keys. */
export const publicKeyOf = async ({ key }: Target): Promise<string> => {
  const parsed = ssh2.utils.parseKey(await readKey(key))
  if (parsed instanceof Error)
    throw new BoxhoundError('E_SSH_KEY', 'the private key cannot be parsed', { file: key, cause: parsed })
  return parsed.getPublicSSH().toString('base64')
}

/**
 * Closes a connection when, for as long as `unanswered` keepalives take, the server has not replied and the machine has
 * made no progress.
 */
const watchProgress = (
  client: Client,
  progress: () => number | undefined,
  interval: number,
  end: (why: string) => void,
): void => {
  let last = progress()
  let still = 0
  const timer = setInterval(() => {
    const now = progress()
    still = now === undefined || now === last ? still + 1 : 0
    last = now
    if (still >= unanswered) end(`the machine made no progress for ${(still * interval) / 1000} s`)
  }, interval)
  timer.unref()
  client.once('close', () => clearInterval(timer))
}

/**
 * Logs in after the server has presented the expected host key; a server with another key learns nothing (fault 41).
 *
 * A frozen peer is detected after `keepalive` × 5 seconds (fault 40); whatever is running then fails with E_SSH_LOST.
 */
export const connect = async (target: Target, options: SessionOptions = {}): Promise<Session> => {
  const { keepalive = 3, signal, progress } = options
  const { deadline = progress === undefined ? 60 : 180 } = options
  const privateKey = await readKey(target.key)
  const client: Client = new ssh2.Client()
  client.setMaxListeners(concurrency + 4)
  let refusal: BoxhoundError | undefined
  let lost: string | undefined
  signal?.addEventListener('abort', () => client.destroy(), { once: true })
  client.on('close', () => {
    lost ??= 'the connection was closed'
  })
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.on('error', (error: Error & { level?: string }) => {
      lost = error.message
      reject(refusal ?? loginError(target, error))
    })
    client.once('close', () => reject(refusal ?? loginError(target, new Error('the server closed the connection'))))
    client.connect({
      host: target.host,
      port: target.port,
      username: target.user,
      privateKey,
      readyTimeout: deadline * 1000,
      keepaliveInterval: keepalive * 1000,
      keepaliveCountMax: progress === undefined ? unanswered : Number.POSITIVE_INFINITY,
      algorithms: {
        kex: [...algorithms.kex],
        cipher: [...algorithms.cipher],
        serverHostKey: [...algorithms.serverHostKey],
      },
      hostVerifier: (key: Buffer): boolean => {
        const found = fingerprintOf(key)
        if (found !== target.hostKey) refusal = hostKeyError(target.hostKey, found)
        return refusal === undefined
      },
    })
  }).catch((error: unknown) => {
    client.destroy()
    throw error
  })
  if (progress !== undefined)
    watchProgress(client, progress, keepalive * 1000, (why) => {
      lost ??= why
      client.destroy()
    })
  const limit = pLimit(concurrency)
  if (options.guard === true)
    await runCommand(client, guardCommand(target), { name: 'guard the connection' }, () => lost).result.catch(() => {
      // A machine that cannot be guarded (no sh, /proc or sudo) is judged anyway.
    })
  return {
    run: (command, settings = {}) =>
      new Promise((resolve, reject) => {
        void limit(async () => {
          const { result, closed } = runCommand(client, command, settings, () => lost)
          result.then(resolve, reject)
          await closed
        })
      }),
    forward: (port) => forwardPort(client, port),
    close: () => client.end(),
    lost: () => lost,
  }
}
