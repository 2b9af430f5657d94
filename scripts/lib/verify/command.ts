// Runs commands over SSH; any uncertainty is a failure.

import type { Client, ClientChannel } from 'ssh2'
import { BoxhoundError, type ErrorDetails } from '../_helpers/errors.ts'

export interface CommandOptions {
  /** Text for the command's standard input, which is then closed, so that nothing can block on it. */
  readonly stdin?: string
  /** In seconds, default 60. */
  readonly deadline?: number
  /** Maximum size of each stream in bytes, default 4 MiB; a command that prints more fails. */
  readonly limit?: number
  /** The command's name in errors, if the command line is long. */
  readonly name?: string
  /** Told of standard output as it comes; not across the link to the suite. */
  readonly onOutput?: (text: string) => void
}

/** A command that exited by itself, with a numeric exit status and complete output. */
export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

const mebibyte = 1024 * 1024

const collect = (stream: NodeJS.ReadableStream, limit: number): { text: () => string; overflowed: () => boolean } => {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
  })
  return { text: () => Buffer.concat(chunks).toString('utf8'), overflowed: () => size > limit }
}

/** A running command. */
export interface RunningCommand {
  readonly result: Promise<CommandResult>
  /**
   * Settles when the server no longer counts the command's session. Never rejects, and may settle later than the
   * result.
   */
  readonly closed: Promise<void>
}

/**
 * Seconds between attempts to open a session that the server refused. A session is released within milliseconds, on a
 * busy machine within seconds.
 */
const pauses = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6]

/** Seconds that a command has to close its channel after its deadline. */
const patience = 5

/**
 * Whether the server refused the channel itself. Then nothing has run, so a retry is safe. RFC 4254, 5.1 lists the
 * reasons.
 */
const isRefused = (error: Error): boolean => typeof (error as Error & { reason?: unknown }).reason === 'number'

/**
 * Runs one command on an open connection.
 *
 * Only a number is an exit status. A dropped connection has none (`close(null)`, fault 38), a signal is reported by
 * name (fault 39), and a command that hangs on a responsive peer exceeds its own deadline (fault 40). All of these
 * reject.
 *
 * @param lost why the connection is gone, if it is.
 * @returns `result` rejects with E_SSH_LOST, E_SSH_SESSIONS, E_SSH_SIGNAL, E_SSH_DEADLINE or E_SSH_OUTPUT.
 */
export const runCommand = (
  client: Client,
  command: string,
  options: CommandOptions,
  lost: () => string | undefined = () => undefined,
): RunningCommand => {
  let closed = (): void => {}
  const closing = new Promise<void>((resolve) => {
    closed = resolve
  })
  return { result: start(client, command, options, lost, closed), closed: closing }
}

const start = (
  client: Client,
  command: string,
  { stdin = '', deadline = 60, limit = 4 * mebibyte, name = command, onOutput }: CommandOptions,
  lost: () => string | undefined,
  closed: () => void,
): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    const begun = Date.now()
    let channel: ClientChannel | undefined
    let ended = false
    const settle = (): void => {
      ended = true
      clearTimeout(timer)
      client.off('close', gone)
    }
    const fail = (code: string, message: string, details: ErrorDetails = {}): void => {
      settle()
      reject(new BoxhoundError(code, `${name}: ${message}`, details))
    }
    const gone = (): void => {
      fail('E_SSH_LOST', 'the connection ended before the command finished', { found: lost() ?? 'no exit status' })
      closed()
    }
    const timer = setTimeout(() => {
      fail('E_SSH_DEADLINE', `did not finish within ${deadline} s`)
      channel?.close()
      // A server that never closes the channel must not block whatever waits for its place.
      setTimeout(closed, patience * 1000).unref()
    }, deadline * 1000)
    const refused = (error: Error, [pause, ...later]: readonly number[]): void => {
      if (pause !== undefined && isRefused(error)) {
        setTimeout(() => (ended ? closed() : open(later)), pause * 1000)
        return
      }
      const found = error.message
      if (isRefused(error))
        fail('E_SSH_SESSIONS', `the server refused a session ${pauses.length + 1} times`, {
          found,
          next: 'see MaxSessions in the sshd_config of the machine: verification uses up to 5 at once',
        })
      else fail('E_SSH_LOST', 'no session could be opened', { found })
      closed()
    }
    const open = (later: readonly number[]): void => {
      try {
        client.exec(command, (error, opened) => (error ? refused(error, later) : follow(opened)))
      } catch {
        gone()
      }
    }
    const follow = (opened: ClientChannel): void => {
      channel = opened
      const stdout = collect(opened, limit)
      const stderr = collect(opened.stderr, limit)
      if (onOutput !== undefined) opened.on('data', (chunk: Buffer) => onOutput(chunk.toString('utf8')))
      opened.on('error', () => {})
      opened.on('close', (code?: number | null, signal?: string) => {
        closed()
        if (ended) return
        settle()
        if (signal)
          return fail('E_SSH_SIGNAL', `was killed by ${signal.replace(/^(SIG)?/, 'SIG')}`, { found: stderr.text() })
        if (typeof code !== 'number') return gone()
        if (stdout.overflowed() || stderr.overflowed()) return fail('E_SSH_OUTPUT', `printed more than ${limit} bytes`)
        resolve({ code, stdout: stdout.text(), stderr: stderr.text(), seconds: (Date.now() - begun) / 1000 })
      })
      // The channel was opened after the deadline.
      if (ended) opened.close()
      else opened.end(stdin)
    }
    if (lost() !== undefined) return gone()
    client.once('close', gone)
    open(pauses)
  })
