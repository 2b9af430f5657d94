import { encodingOf } from './fields.ts'
import { indexedSpans } from './indexed-spans.ts'
import type { Content, Encoding, Payload, Span } from './payloads.ts'
import { parseProtobuf } from './protobuf.ts'
import { decodeAgentPayload, type SpanMessage } from './span-message.ts'

const fromMessage = (span: SpanMessage, where: { host: string; env: string; encoding: Encoding }): Span => ({
  service: span.service,
  name: span.name,
  resource: span.resource,
  traceId: span.traceID,
  spanId: span.spanID,
  parentId: span.parentID,
  error: span.error,
  start: span.start,
  duration: span.duration,
  meta: span.meta,
  metrics: span.metrics,
  ...where,
})

/** `/api/v0.2/traces`: protobuf. Host and `env` come from the tracer, or else from the Agent. */
export const readSpans = (payload: Payload): Content => {
  const message = parseProtobuf(decodeAgentPayload, payload, 'AgentPayload')
  const encoding = encodingOf(payload, 'protobuf')
  const agent = { host: message.hostName, env: message.env }
  const older = message.tracerPayloads.flatMap(({ hostname, env, chunks }) =>
    chunks.flatMap(({ spans }) =>
      spans.map((span) => fromMessage(span, { host: hostname || agent.host, env: env || agent.env, encoding })),
    ),
  )
  return { spans: [...older, ...message.idxTracerPayloads.flatMap((one) => indexedSpans(one, agent, encoding))] }
}
