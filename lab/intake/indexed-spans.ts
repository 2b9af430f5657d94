import { bodyError } from './failure.ts'
import type { IndexedPayload, IndexedSpan } from './indexed-message.ts'
import type { Encoding, Span } from './payloads.ts'

/** Looks up texts in the string table; index 0 means none. */
const table =
  (strings: readonly string[]) =>
  (place: number): string => {
    const found = place === 0 ? '' : strings[place]
    if (found === undefined)
      throw bodyError('a protobuf AgentPayload', `it names string ${place} of a table of ${strings.length}`)
    return found
  }

/**
 * The lower 64 bits of a trace id as a decimal string, and the upper ones as 16 hex digits, empty if there are none.
 */
const identity = (bytes: Uint8Array): { readonly low: string; readonly high: string } => {
  const hex = Buffer.from(bytes).toString('hex').padStart(32, '0')
  const high = hex.slice(0, -16)
  return { low: BigInt(`0x${hex.slice(-16)}`).toString(), high: /^0*$/.test(high) ? '' : high }
}

const kinds = ['', 'internal', 'server', 'client', 'producer', 'consumer']

const tagsOf = (span: IndexedSpan, at: (place: number) => string) => {
  const meta: Record<string, string> = {}
  const metrics: Record<string, number> = {}
  for (const { key, value } of span.attributes) {
    const { kind, stringValueRef = 0, boolValue, doubleValue = 0, intValue } = value ?? {}
    if (kind === 'stringValueRef') meta[at(key)] = at(stringValueRef)
    if (kind === 'boolValue') meta[at(key)] = String(boolValue)
    if (kind === 'doubleValue') metrics[at(key)] = doubleValue
    if (kind === 'intValue') metrics[at(key)] = Number(intValue)
  }
  // These three are fields here, but tags in the older format.
  for (const [name, place] of [
    ['version', span.versionRef],
    ['component', span.componentRef],
  ] as const)
    if (place !== 0) meta[name] = at(place)
  const kind = kinds[span.kind] ?? ''
  if (kind !== '') meta['span.kind'] = kind
  return { meta, metrics }
}

/** The spans of a payload with a string table, converted to the form of the older format. */
export const indexedSpans = (
  payload: IndexedPayload,
  agent: { readonly host: string; readonly env: string },
  encoding: Encoding,
): Span[] => {
  const at = table(payload.strings)
  return payload.chunks.flatMap(({ spans, traceID }) => {
    const { low, high } = identity(traceID)
    return spans.map((span) => {
      const { meta, metrics } = tagsOf(span, at)
      return {
        service: at(span.serviceRef),
        name: at(span.nameRef),
        resource: at(span.resourceRef),
        traceId: low,
        spanId: span.spanID,
        parentId: span.parentID,
        error: span.error ? 1 : 0,
        start: span.start,
        duration: span.duration,
        meta: high === '' ? meta : { '_dd.p.tid': high, ...meta },
        metrics,
        host: at(payload.hostnameRef) || agent.host,
        env: at(span.envRef) || at(payload.envRef) || agent.env,
        encoding,
      }
    })
  })
}
