// Messages between the suite and the verifying process.

import type { Duplex } from 'node:stream'
import { BoxhoundError, type ErrorDetails, formatError } from '../_helpers/errors.ts'
import type { CommandOptions, CommandResult } from './command.ts'
import type { CheckOutcome, SuiteContext } from './results.ts'

/** An error that crosses the link: its cause stays behind. */
export interface SentError {
  readonly code: string
  readonly message: string
  readonly details: ErrorDetails
}

/** What the process that verifies tells the suite: what to judge, that the machine is reached, and what commands gave. */
export type ToSuite =
  | { readonly kind: 'context'; readonly context: SuiteContext }
  | { readonly kind: 'ready'; readonly publicKey: string }
  | { readonly kind: 'done'; readonly id: number; readonly result: CommandResult }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError }

/** What the suite tells: commands that it wants run on the machine, and what each check found. */
export type FromSuite =
  | { readonly kind: 'run'; readonly id: number; readonly command: string; readonly options: CommandOptions }
  | { readonly kind: 'outcome'; readonly outcome: CheckOutcome }

export interface Link<Sent> {
  readonly send: (message: Sent) => void
  /** Resolves when everything sent is on its way. */
  readonly end: () => Promise<void>
}

/** The descriptor by which the suite has its end of the link: no file, no port, nothing that another process could open. */
export const linkDescriptor = 3

/** Messages over a stream, one JSON document per line; a line is told when it is complete. */
export const openLink = <Sent, Received>(stream: Duplex, onMessage: (message: Received) => void): Link<Sent> => {
  let pending = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) onMessage(JSON.parse(line) as Received)
  })
  // The other side may end at any time; what that means is told by 'close'.
  stream.on('error', () => {})
  return {
    send: (message) => void stream.write(`${JSON.stringify(message)}\n`),
    end: () => new Promise((resolve) => stream.end(resolve)),
  }
}

/** An error as plain data. */
export const sentError = (error: unknown): SentError => {
  if (!(error instanceof BoxhoundError)) return { code: 'E_SUITE', message: formatError(error), details: {} }
  const { cause: _, ...details } = error.details
  return { code: error.code, message: error.message, details }
}
