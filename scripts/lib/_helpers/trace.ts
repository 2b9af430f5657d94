// Spans of work, for `bake --profile`.

import { AsyncLocalStorage } from 'node:async_hooks'
import { writeUnguarded } from './atomic.ts'

/** A complete event of the trace event format, which Perfetto and chrome://tracing open. */
interface Complete {
  readonly name: string
  readonly process: string
  readonly track: string
  /** Milliseconds since this process began. */
  readonly start: number
  readonly end: number
}

let events: Complete[] | undefined
const named = new AsyncLocalStorage<string>()

/** Starts recording spans; until then they cost nothing. */
export const startTrace = (): void => {
  events = []
}

/** Shows the spans of this work as those of a process with this name, one per box. */
export const tracedAs = <T>(process: string, work: () => T): T => named.run(process, work)

/**
 * Records a finished span.
 *
 * @param track a row of the picture: spans on one may nest but not overlap.
 * @param start like `end`: milliseconds since this process began, as from `performance.now()`.
 */
export const addSpan = (track: string, name: string, start: number, end: number): void => {
  events?.push({ name, track, process: named.getStore() ?? 'boxhound', start, end: Math.max(start, end) })
}

/** The same moment on this process's clock. @param at seconds since 1970, as from a shell. */
export const sinceStart = (at: number): number => at * 1000 - performance.timeOrigin

/** Runs work as a span of a track, even if it fails. */
export const span = async <T>(track: string, name: string, work: () => Promise<T>): Promise<T> => {
  if (events === undefined) return work()
  const start = performance.now()
  try {
    return await work()
  } finally {
    addSpan(track, name, start, performance.now())
  }
}

/** The trace so far: complete events (`ph: X`) in microseconds, and the names of processes and tracks (`ph: M`). */
export const traceText = (): string => {
  const kept = events ?? []
  const processes = [...new Set(kept.map(({ process }) => process))]
  const rows = processes.flatMap((process, index) => {
    const pid = index + 1
    const own = kept.filter((event) => event.process === process)
    const tracks = [...new Set(own.map(({ track }) => track))]
    const tidOf = (track: string): number => tracks.indexOf(track) + 1
    const name = (kind: string, tid: number, text: string) => ({ name: kind, ph: 'M', pid, tid, args: { name: text } })
    return [
      name('process_name', 0, process),
      ...tracks.map((track) => name('thread_name', tidOf(track), track)),
      ...own.map(({ name, track, start, end }) => {
        const [ts, until] = [Math.round(start * 1000), Math.round(end * 1000)]
        return { name, ph: 'X', ts, dur: until - ts, pid, tid: tidOf(track) }
      }),
    ]
  })
  return `${JSON.stringify({ displayTimeUnit: 'ms', traceEvents: rows })}\n`
}

/** Writes the trace, even after a signal. */
export const writeTrace = (path: string): Promise<void> => writeUnguarded(path, traceText())
