/**
 * What newer Agents send for tracers that speak v1.0: every text is an index into the payload's string table. Field
 * numbers are those of github.com/DataDog/datadog-agent, pkg/proto/datadog/trace/idx/*.proto. A map is written as a
 * list of entries, as on the wire.
 */
export const indexedSource = `
message IndexedPayload {
  repeated string strings = 1;
  uint32 envRef = 7;
  uint32 hostnameRef = 8;
  repeated IndexedChunk chunks = 11;
}
message IndexedChunk {
  repeated IndexedSpan spans = 4;
  bytes traceID = 6;
}
message IndexedSpan {
  uint32 serviceRef = 1;
  uint32 nameRef = 2;
  uint32 resourceRef = 3;
  fixed64 spanID = 4;
  uint64 parentID = 5;
  fixed64 start = 6;
  uint64 duration = 7;
  bool error = 8;
  repeated Attribute attributes = 9;
  uint32 envRef = 13;
  uint32 versionRef = 14;
  uint32 componentRef = 15;
  uint32 kind = 16;
}
message Attribute {
  uint32 key = 1;
  AttributeValue value = 2;
}
message AttributeValue {
  oneof kind {
    uint32 stringValueRef = 1;
    bool boolValue = 2;
    double doubleValue = 3;
    int64 intValue = 4;
  }
}`

/** `kind` names the single field that is set; none for composite values, which are not read. */
export interface AttributeValue {
  readonly kind?: 'stringValueRef' | 'boolValue' | 'doubleValue' | 'intValue'
  readonly stringValueRef?: number
  readonly boolValue?: boolean
  readonly doubleValue?: number
  readonly intValue?: string
}

export interface IndexedSpan {
  readonly serviceRef: number
  readonly nameRef: number
  readonly resourceRef: number
  readonly spanID: string
  readonly parentID: string
  readonly start: string
  readonly duration: string
  readonly error: boolean
  readonly attributes: readonly { readonly key: number; readonly value: AttributeValue | null }[]
  readonly envRef: number
  readonly versionRef: number
  readonly componentRef: number
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer, as in OpenTelemetry. */
  readonly kind: number
}

export interface IndexedPayload {
  readonly strings: readonly string[]
  readonly envRef: number
  readonly hostnameRef: number
  readonly chunks: readonly { readonly spans: readonly IndexedSpan[]; readonly traceID: Uint8Array }[]
}
