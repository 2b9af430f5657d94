// Progress of a download.

import { formatBytes } from '../_helpers/format.ts'

/** How far a download is; told a few times a second. */
export interface Download {
  /** There so far, what an earlier run left included. */
  readonly bytes: number
  /** Of the whole file; undefined when the server doesn't say. */
  readonly total: number | undefined
  /** Since this run asked for the file. */
  readonly seconds: number
  /** Bytes that came in this run: what the rate is made of. */
  readonly received: number
}

/** `412 of 596 MB, 88 MB/s`; `412 MB, 88 MB/s` when the whole is not known. */
export const downloadText = ({ bytes, total, seconds, received }: Download): string => {
  const whole = total === undefined ? '' : ` of ${formatBytes(total)}`
  const [amount = '', unit = ''] = formatBytes(bytes).split(' ')
  const done = whole.endsWith(` ${unit}`) ? amount : `${amount} ${unit}`
  const rate = seconds > 0 && received > 0 ? `, ${formatBytes(Math.round(received / seconds))}/s` : ''
  return `${done}${whole}${rate}`
}

const interval = 0.2

/** Counts what comes and tells it at most five times a second. */
export const downloadMeter = (show: ((state: Download) => void) | undefined, now = (): number => performance.now()) => {
  const began = now()
  let shown = Number.NEGATIVE_INFINITY
  let [last, received] = [0, 0]
  const state = (total: number | undefined): Download => ({
    bytes: last,
    total,
    seconds: (now() - began) / 1000,
    received,
  })
  return {
    /** What is there at the beginning of a try. */
    from: (bytes: number): void => {
      last = bytes
    },
    received: (bytes: number, total: number | undefined): void => {
      received += Math.max(0, bytes - last)
      last = bytes
      if (show === undefined || now() - shown < interval * 1000) return
      shown = now()
      show(state(total))
    },
    /** Tells the last state, whenever the one before was told. */
    end: (total: number | undefined): void => show?.(state(total)),
  }
}
