// Progress line for long transfers.

/** On a terminal, one line that is updated in place; in a log, one line every few seconds. */
export interface Ticker {
  /** Reports the progress; may be called often. */
  readonly doing: (text: string) => void
  /** Prints a separate line. */
  readonly line: (text: string) => void
  /** Removes the progress line. */
  readonly end: () => void
}

const fast = 100
const slow = 5000

export const ticker = (
  stream: { readonly isTTY?: boolean; readonly write: (text: string) => unknown },
  now = (): number => performance.now(),
): Ticker => {
  const isTerminal = stream.isTTY === true
  let shown = false
  let last = isTerminal ? Number.NEGATIVE_INFINITY : now()
  const end = (): void => {
    if (shown) stream.write('\r\x1b[K')
    shown = false
  }
  return {
    doing: (text) => {
      if (now() - last < (isTerminal ? fast : slow)) return
      last = now()
      stream.write(isTerminal ? `\r\x1b[K  ${text}` : `  ${text}\n`)
      shown = isTerminal
    },
    line: (text) => {
      end()
      stream.write(`${text}\n`)
    },
    end,
  }
}
