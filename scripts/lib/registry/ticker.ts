// Progress line for long transfers.

/** One line that changes in place on a terminal; in a log, one every few seconds. */
export interface Ticker {
  /** How far something is; may be called often. */
  readonly doing: (text: string) => void
  /** A line of its own. */
  readonly line: (text: string) => void
  /** Takes the changing line away. */
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
