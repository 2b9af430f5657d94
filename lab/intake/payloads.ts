/** How a payload came: its path, its headers in lower case, and the form that its body had. */
export interface Encoding {
  /** Without the query, as it was asked for. */
  readonly path: string
  /** Empty where the header was missing. */
  readonly contentType: string
  /** `identity` where nothing was compressed. */
  readonly contentEncoding: string
  readonly form: 'json' | 'protobuf' | 'msgpack' | 'other'
}

export type SeriesType = 'gauge' | 'rate' | 'count' | 'unspecified'

export interface Series {
  readonly metric: string
  readonly type: SeriesType
  /** Seconds since 1970, value. */
  readonly points: readonly (readonly [seconds: number, value: number])[]
  /** A device comes as `device:NAME`, however the payload tells it. */
  readonly tags: readonly string[]
  readonly host: string
  /** Seconds; 0 where there is none. */
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
  /** `host-tags.system`: what `tags` in datadog.yaml and DD_TAGS become. */
  readonly tags: readonly string[]
  readonly agentVersion: string
  readonly encoding: Encoding
}

export interface LogLine {
  /** The text; JSON where the message was an object. */
  readonly message: string
  readonly status: string
  /** Milliseconds since 1970; 0 where there is none. */
  readonly timestamp: number
  readonly service: string
  readonly source: string
  readonly tags: readonly string[]
  readonly host: string
  readonly encoding: Encoding
}

/** Numbers of 64 bits are decimal strings, for a double would lose their last digits. */
export interface Span {
  readonly service: string
  readonly name: string
  readonly resource: string
  /** The lower 64 bits; the upper ones are in `meta['_dd.p.tid']`, in hex, where the tracer made them. */
  readonly traceId: string
  readonly spanId: string
  /** `0` for a root. */
  readonly parentId: string
  readonly error: number
  /** Nanoseconds since 1970. */
  readonly start: string
  /** Nanoseconds. */
  readonly duration: string
  readonly meta: Readonly<Record<string, string>>
  readonly metrics: Readonly<Record<string, number>>
  readonly host: string
  readonly env: string
  readonly encoding: Encoding
}

/** Everything that arrived, as plain data. One object that grows while the intake runs. */
export interface Received {
  readonly series: readonly Series[]
  readonly serviceChecks: readonly ServiceCheck[]
  readonly hosts: readonly Host[]
  readonly logs: readonly LogLine[]
  readonly spans: readonly Span[]
  /** Payloads of trace statistics; what is in them is not read. */
  readonly stats: number
  /** Times that the right key was asked about. */
  readonly validations: number
  /** Payloads that were accepted and not read, by path. */
  readonly others: readonly { readonly path: string; readonly count: number }[]
  /** What a real intake would not have liked, or this one can't read; each once. */
  readonly problems: readonly string[]
  /** Requests of every kind, refused ones too. */
  readonly requests: number
  /** Requests whose connection broke before the whole body was there; the sender tries again, so that none is a problem. */
  readonly interrupted: number
}

/** What one body adds to what was received. */
export interface Content {
  readonly series?: readonly Series[]
  readonly serviceChecks?: readonly ServiceCheck[]
  readonly hosts?: readonly Host[]
  readonly logs?: readonly LogLine[]
  readonly spans?: readonly Span[]
  /** Adds one to the payloads of trace statistics. */
  readonly stats?: true
  /** The payload is only counted, under its path. */
  readonly other?: true
  readonly problems?: readonly string[]
}

/** A body after decompression, with what its headers said. */
export interface Payload {
  readonly path: string
  readonly contentType: string
  readonly contentEncoding: string
  readonly body: Buffer
}
