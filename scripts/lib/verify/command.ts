import type { Client, ClientChannel } from 'ssh2'
import { BoxhoundError, type ErrorDetails } from '../_helpers/errors.ts'

export interface CommandOptions {
  /** Text for the command's standard input, which is then closed; nothing is left open for it to wait on. */
  readonly stdin?: string
  /** Seconds, default 60. */
  readonly deadline?: number
  /** Bytes kept of each stream, default 4 MiB; a command that prints more fails. */
  readonly limit?: number
  /** How the command is named in errors, where the line itself is long. */
  readonly name?: string
}

/** A command that ended by itself: its exit status is a number, and nothing of its output is missing. */
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

/**
 * Runs one command on an open connection.
 *
 * Only a number is an exit status: a connection that drops leaves none (`close(null)`, fault 38), a signal names itself
 * (fault 39), and a command that hangs on a living peer meets its own deadline (fault 40). All of these reject.
 *
 * @param lost why the connection is gone, if it is.
 * @throws E_SSH_LOST, E_SSH_SIGNAL, E_SSH_DEADLINE, E_SSH_OUTPUT
 */
export const runCommand = (
  client: Client,
  command: string,
  { stdin = '', deadline = 60, limit = 4 * mebibyte, name = command }: CommandOptions,
  lost: () => string | undefined = () => undefined,
): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    const begun = Date.now()
    let channel: ClientChannel | undefined
    const fail = (code: string, message: string, details: ErrorDetails = {}): void => {
      settle()
      reject(new BoxhoundError(code, `${name}: ${message}`, details))
    }
    const gone = (): void =>
      fail('E_SSH_LOST', 'the connection ended before the command did', { found: lost() ?? 'no exit status' })
    const timer = setTimeout(() => {
      fail('E_SSH_DEADLINE', `did not end within ${deadline} s`)
      channel?.close()
    }, deadline * 1000)
    const settle = (): void => {
      clearTimeout(timer)
      client.off('close', gone)
    }
    if (lost() !== undefined) return gone()
    client.once('close', gone)
    client.exec(command, (error, opened) => {
      if (error) return fail('E_SSH_LOST', 'no session could be opened', { found: error.message })
      channel = opened
      const stdout = collect(opened, limit)
      const stderr = collect(opened.stderr, limit)
      opened.on('error', () => {})
      opened.on('close', (code?: number | null, signal?: string) => {
        settle()
        if (signal)
          return fail('E_SSH_SIGNAL', `was ended by ${signal.replace(/^(SIG)?/, 'SIG')}`, { found: stderr.text() })
        if (typeof code !== 'number') return gone()
        if (stdout.overflowed() || stderr.overflowed()) return fail('E_SSH_OUTPUT', `printed more than ${limit} bytes`)
        resolve({ code, stdout: stdout.text(), stderr: stderr.text(), seconds: (Date.now() - begun) / 1000 })
      })
      opened.end(stdin)
    })
  })
