import { type IndexedPayload, indexedSource } from './indexed-message.ts'
import { decoder } from './schemas.ts'

/**
 * AgentPayload of `/api/v0.2/traces`, field numbers from github.com/DataDog/datadog-agent,
 * pkg/proto/datadog/trace/*.proto.
 */
const source = `
message AgentPayload {
  string hostName = 1;
  string env = 2;
  repeated TracerPayload tracerPayloads = 5;
  map<string, string> tags = 6;
  string agentVersion = 7;
  double targetTPS = 8;
  double errorTPS = 9;
  bool rareSamplerEnabled = 10;
  repeated IndexedPayload idxTracerPayloads = 11;
}
message TracerPayload {
  string containerID = 1;
  string languageName = 2;
  string languageVersion = 3;
  string tracerVersion = 4;
  string runtimeID = 5;
  repeated TraceChunk chunks = 6;
  map<string, string> tags = 7;
  string env = 8;
  string hostname = 9;
  string appVersion = 10;
}
message TraceChunk {
  int32 priority = 1;
  string origin = 2;
  repeated Span spans = 3;
  map<string, string> tags = 4;
  bool droppedTrace = 5;
}
message Span {
  string service = 1;
  string name = 2;
  string resource = 3;
  uint64 traceID = 4;
  uint64 spanID = 5;
  uint64 parentID = 6;
  int64 start = 7;
  int64 duration = 8;
  int32 error = 9;
  map<string, string> meta = 10;
  map<string, double> metrics = 11;
  string type = 12;
  map<string, bytes> meta_struct = 13;
}`

export interface SpanMessage {
  readonly service: string
  readonly name: string
  readonly resource: string
  readonly traceID: string
  readonly spanID: string
  readonly parentID: string
  readonly start: string
  readonly duration: string
  readonly error: number
  readonly meta: Readonly<Record<string, string>>
  readonly metrics: Readonly<Record<string, number>>
}

export interface AgentPayload {
  readonly hostName: string
  readonly env: string
  readonly tracerPayloads: readonly {
    readonly env: string
    readonly hostname: string
    readonly chunks: readonly { readonly spans: readonly SpanMessage[] }[]
  }[]
  readonly idxTracerPayloads: readonly IndexedPayload[]
}

export const decodeAgentPayload = decoder<AgentPayload>(source + indexedSource, 'AgentPayload')
