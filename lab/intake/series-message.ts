import { decoder } from './schemas.ts'

/**
 * MetricPayload of `/api/v2/series`, field numbers from github.com/DataDog/agent-payload,
 * proto/metrics/agent_payload.proto.
 */
const source = `
message MetricPayload {
  repeated MetricSeries series = 1;
}
message MetricSeries {
  repeated Resource resources = 1;
  string metric = 2;
  repeated string tags = 3;
  repeated MetricPoint points = 4;
  MetricType type = 5;
  string unit = 6;
  string source_type_name = 7;
  int64 interval = 8;
}
message Resource {
  string type = 1;
  string name = 2;
}
message MetricPoint {
  double value = 1;
  int64 timestamp = 2;
}
enum MetricType {
  UNSPECIFIED = 0;
  COUNT = 1;
  RATE = 2;
  GAUGE = 3;
}`

export interface MetricPayload {
  readonly series: readonly {
    readonly resources: readonly { readonly type: string; readonly name: string }[]
    readonly metric: string
    readonly tags: readonly string[]
    /** `timestamp` in seconds since 1970. */
    readonly points: readonly { readonly value: number; readonly timestamp: string }[]
    /** The enumeration's name, or its number if the schema does not know it. */
    readonly type: string | number
    /** In seconds. */
    readonly interval: string
  }[]
}

export const decodeMetricPayload = decoder<MetricPayload>(source, 'MetricPayload')
