// Messages between the suite and the verifying process.

import type { Duplex } from 'node:stream'
import { BoxhoundError, type ErrorDetails, formatError } from '../_helpers/errors.ts'
import type { CommandOptions, CommandResult } from './command.ts'
import type { CheckOutcome, SuiteContext } from './results.ts'

/** An error sent over the link, without its cause. */
export interface SentError {
  readonly code: string
  readonly message: string
  readonly details: ErrorDetails
}

/** Messages to the suite: what to judge, that the machine is reached, and results of commands. */
export type ToSuite =
  | { readonly kind: 'context'; readonly context: SuiteContext }
  | { readonly kind: 'ready'; readonly publicKey: string }
  | { readonly kind: 'done'; readonly id: number; readonly result: CommandResult }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError }

/** Messages from the suite: commands to run on the machine, and each check's result. */
export type FromSuite =
  | { readonly kind: 'run'; readonly id: number; readonly command: string; readonly options: CommandOptions }
  | { readonly kind: 'outcome'; readonly outcome: CheckOutcome }

export interface Link<Sent> {
  readonly send: (message: Sent) => void
  /** Resolves when everything has been sent. */
  readonly end: () => Promise<void>
}

/** The suite's descriptor for its end of the link. Unlike a file or port, no other process can open it. */
export const linkDescriptor = 3

/** Sends messages over a stream, one JSON document per line; a received line is passed on when it is complete. */
export const openLink = <Sent, Received>(stream: Duplex, onMessage: (message: Received) => void): Link<Sent> => {
  let pending = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) onMessage(JSON.parse(line) as Received)
  })
  // The other side may end at any time; this is handled on 'close'.
  stream.on('error', () => {})
  return {
    send: (message) => void stream.write(`${JSON.stringify(message)}\n`),
    end: () => new Promise((resolve) => stream.end(resolve)),
  }
}

/** Converts an error to plain data. */
export const sentError = (error: unknown): SentError => {
  if (!(error instanceof BoxhoundError)) return { code: 'E_SUITE', message: formatError(error), details: {} }
  const { cause: _, ...details } = error.details
  return { code: error.code, message: error.message, details }
}
