import type { Content, Host, LogLine, Received, Series, ServiceCheck, Span } from './payloads.ts'

export interface Recorder {
  readonly received: Received
  readonly countRequest: () => void
  readonly countValidation: () => void
  readonly countInterrupted: () => void
  readonly add: (path: string, content: Content) => void
  /** Recorded once, however often it occurs. */
  readonly problem: (text: string) => void
}

/** Collects what arrives. @param apiKey is removed from every path and problem. */
export const createRecorder = (apiKey: string): Recorder => {
  const series: Series[] = []
  const serviceChecks: ServiceCheck[] = []
  const hosts: Host[] = []
  const logs: LogLine[] = []
  const spans: Span[] = []
  const others: { path: string; count: number }[] = []
  const problems: string[] = []
  const received = {
    series,
    serviceChecks,
    hosts,
    logs,
    spans,
    stats: 0,
    validations: 0,
    others,
    problems,
    requests: 0,
    interrupted: 0,
  }
  const safe = (text: string): string => text.replaceAll(apiKey, '…')
  const problem = (text: string): void => {
    const line = safe(text)
    if (!problems.includes(line)) problems.push(line)
  }
  const other = (path: string): void => {
    const known = others.find((one) => one.path === safe(path))
    if (known === undefined) others.push({ path: safe(path), count: 1 })
    else known.count += 1
  }
  return {
    received,
    countRequest: () => {
      received.requests += 1
    },
    countValidation: () => {
      received.validations += 1
    },
    countInterrupted: () => {
      received.interrupted += 1
    },
    add: (path, content) => {
      // One by one, since spreading many thousands into push() would exceed the argument limit.
      for (const one of content.series ?? []) series.push(one)
      for (const one of content.serviceChecks ?? []) serviceChecks.push(one)
      for (const one of content.hosts ?? []) hosts.push(one)
      for (const one of content.logs ?? []) logs.push(one)
      for (const one of content.spans ?? []) spans.push(one)
      for (const one of content.problems ?? []) problem(one)
      if (content.stats) received.stats += 1
      if (content.other) other(path)
    },
    problem,
  }
}
