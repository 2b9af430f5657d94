/** A complete event, or the name of a process or track. */
export interface TraceEvent {
  readonly name: string
  readonly ph: 'X' | 'M'
  readonly ts: number
  readonly dur: number
  readonly pid: number
  readonly tid: number
  readonly args?: { readonly name: string }
}

export const eventsOf = (text: string): TraceEvent[] => JSON.parse(text).traceEvents

/** Spans of one track that overlap without one being within the other: a viewer could not draw them. */
export const crossing = (events: readonly TraceEvent[]): string[] => {
  const spans = events.filter(({ ph }) => ph === 'X')
  return spans.flatMap((a) =>
    spans
      .filter(
        (b) => a.pid === b.pid && a.tid === b.tid && a.ts < b.ts && b.ts < a.ts + a.dur && a.ts + a.dur < b.ts + b.dur,
      )
      .map((b) => `${a.name} and ${b.name}`),
  )
}

/** Microseconds of the time of `whole` in which none of the spans was. */
export const uncovered = (whole: TraceEvent, spans: readonly TraceEvent[]): number => {
  let [free, at] = [0, whole.ts]
  for (const { ts, dur } of spans.toSorted((a, b) => a.ts - b.ts)) {
    free += Math.max(0, ts - at)
    at = Math.max(at, ts + dur)
  }
  return free + Math.max(0, whole.ts + whole.dur - at)
}
