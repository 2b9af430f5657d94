// Progress of a download.

import { formatBytes } from '../_helpers/format.ts'

/** Progress of a download, reported a few times a second. */
export interface Download {
  /** Bytes downloaded so far, including what an earlier run left. */
  readonly bytes: number
  /** Size of the whole file; undefined if the server doesn't say. */
  readonly total: number | undefined
  /** Seconds since this run requested the file. */
  readonly seconds: number
  /** Bytes received in this run, for computing the rate. */
  readonly received: number
}

/** `412 of 596 MB, 88 MB/s`, or `412 MB, 88 MB/s` if the size is unknown. */
export const downloadText = ({ bytes, total, seconds, received }: Download): string => {
  const whole = total === undefined ? '' : ` of ${formatBytes(total)}`
  const [amount = '', unit = ''] = formatBytes(bytes).split(' ')
  const done = whole.endsWith(` ${unit}`) ? amount : `${amount} ${unit}`
  const rate = seconds > 0 && received > 0 ? `, ${formatBytes(Math.round(received / seconds))}/s` : ''
  return `${done}${whole}${rate}`
}

const interval = 0.2

/** Counts received bytes and reports them at most five times a second. */
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
    /** Sets how many bytes are there when an attempt starts. */
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
    /** Reports the final state, however recent the last report was. */
    end: (total: number | undefined): void => show?.(state(total)),
  }
}
