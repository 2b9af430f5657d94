// Asks on a terminal.

import { createInterface } from 'node:readline/promises'
import { BoxhoundError } from '../_helpers/errors.ts'

export interface Ask {
  /** One word; an answer that `check` throws at is asked for again. */
  readonly word: <T>(question: string, usual: string, check: (answer: string) => T) => Promise<T>
  /** Yes or no; anything but a clear yes is a no. */
  readonly agree: (question: string) => Promise<boolean>
  readonly end: () => void
}

/** The questions go to stderr: stdout is for results. */
export const askOn = (
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Ask => {
  // Not in terminal mode, so that Ctrl-C stays a signal and is handled as usual.
  const reader = createInterface({ input, output, terminal: false })
  const lines = reader[Symbol.asyncIterator]()
  const line = async (question: string): Promise<string> => {
    output.write(question)
    const { value, done } = await lines.next()
    if (done === true)
      throw new BoxhoundError('E_USAGE', 'the input ended before the last question', {
        expected: 'an answer',
        found: 'the end of the input',
        next: '--yes takes the defaults',
        exitCode: 2,
      })
    return value.trim()
  }
  return {
    word: async (question, usual, check) => {
      for (;;) {
        const answer = await line(`${question} [${usual}]: `)
        try {
          return check(answer === '' ? usual : answer)
        } catch (error) {
          if (!(error instanceof BoxhoundError)) throw error
          output.write(`  ${error.message}; expected: ${error.details.expected}\n`)
        }
      }
    },
    agree: async (question) => /^y(es)?$/i.test(await line(`${question} [y/N]: `)),
    end: () => reader.close(),
  }
}
