/** How a payload was sent: its path, its headers in lower case, and the form of its body. */
export interface Encoding {
  /** Without the query, as requested. */
  readonly path: string
  /** Empty if the header was missing. */
  readonly contentType: string
  /** `identity` if the body was not compressed. */
  readonly contentEncoding: string
  readonly form: 'json' | 'protobuf' | 'msgpack' | 'other'
}

export type SeriesType = 'gauge' | 'rate' | 'count' | 'unspecified'

export interface Series {
  readonly metric: string
  readonly type: SeriesType
  /** Seconds since 1970, value. */
  readonly points: readonly (readonly [seconds: number, value: number])[]
  /** A device is always listed as `device:NAME`, however the payload encodes it. */
  readonly tags: readonly string[]
  readonly host: string
  /** In seconds; 0 if not set. */
  readonly interval: number
  readonly encoding: Encoding
}

export interface ServiceCheck {
  readonly check: string
  readonly host: string
  /** 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
  readonly status: number
  readonly message: string
  readonly tags: readonly string[]
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly encoding: Encoding
}

export interface Host {
  readonly name: string
  /** `host-tags.system`: the result of `tags` in datadog.yaml and DD_TAGS. */
  readonly tags: readonly string[]
  readonly agentVersion: string
  readonly encoding: Encoding
}

export interface LogLine {
  /** The text; JSON if the message was an object. */
  readonly message: string
  readonly status: string
  /** Milliseconds since 1970; 0 if not set. */
  readonly timestamp: number
  readonly service: string
  readonly source: string
  readonly tags: readonly string[]
  readonly host: string
  readonly encoding: Encoding
}

/** 64-bit numbers are decimal strings, because a double would lose their last digits. */
export interface Span {
  readonly service: string
  readonly name: string
  readonly resource: string
  /** The lower 64 bits; the upper ones are in `meta['_dd.p.tid']`, in hex, if the tracer set them. */
  readonly traceId: string
  readonly spanId: string
  /** `0` for a root span. */
  readonly parentId: string
  readonly error: number
  /** Nanoseconds since 1970. */
  readonly start: string
  /** In nanoseconds. */
  readonly duration: string
  readonly meta: Readonly<Record<string, string>>
  readonly metrics: Readonly<Record<string, number>>
  readonly host: string
  readonly env: string
  readonly encoding: Encoding
}

/** Everything that has arrived, as plain data. A single object that grows while the intake runs. */
export interface Received {
  readonly series: readonly Series[]
  readonly serviceChecks: readonly ServiceCheck[]
  readonly hosts: readonly Host[]
  readonly logs: readonly LogLine[]
  readonly spans: readonly Span[]
  /** Number of trace statistics payloads; their content is not read. */
  readonly stats: number
  /** How often the right key was validated. */
  readonly validations: number
  /** Payloads that were accepted but not read, by path. */
  readonly others: readonly { readonly path: string; readonly count: number }[]
  /** What a real intake would have objected to, or this one can't read, without duplicates. */
  readonly problems: readonly string[]
  /** Number of requests of any kind, including refused ones. */
  readonly requests: number
  /**
   * Number of requests whose connection broke in the middle of the body. The sender tries again, so they are no
   * problem.
   */
  readonly interrupted: number
}

/** What one body contributes to the received data. */
export interface Content {
  readonly series?: readonly Series[]
  readonly serviceChecks?: readonly ServiceCheck[]
  readonly hosts?: readonly Host[]
  readonly logs?: readonly LogLine[]
  readonly spans?: readonly Span[]
  /** True for a payload of trace statistics. */
  readonly stats?: true
  /** True if the payload is only counted, under its path. */
  readonly other?: true
  readonly problems?: readonly string[]
}

/** A decompressed body, with the relevant headers. */
export interface Payload {
  readonly path: string
  readonly contentType: string
  readonly contentEncoding: string
  readonly body: Buffer
}
