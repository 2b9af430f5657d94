import type { Encoding, Received } from '../../../lab/intake/types.ts'

/** The service check that every Agent sends with each flush. */
export const agentUp = 'datadog.agent.up'

/** Where each kind of payload goes and in which form, as the Agent's documentation and published modules have it (datadog.md). */
const documented: Readonly<Record<'series' | 'serviceChecks' | 'hosts' | 'logs' | 'spans', readonly string[]>> = {
  series: ['/api/v2/series protobuf', '/api/v2/series json', '/api/v1/series json'],
  serviceChecks: ['/api/v1/check_run json'],
  hosts: ['/intake/ json', '/intake json', '/api/v2/host_metadata json', '/api/v1/metadata json'],
  logs: ['/api/v2/logs json', '/v1/input json'],
  spans: ['/api/v0.2/traces protobuf'],
}

const compressions = ['identity', 'gzip', 'deflate', 'zstd', 'zstd1']

const shown = ({ path, form, contentEncoding }: Encoding): string => `${path} as ${form}, ${contentEncoding}`

/** Payloads that came in a way that nobody documents, and what the intake could not read. */
export const encodingProblems = (received: Received): string[] => {
  const kinds = ['series', 'serviceChecks', 'hosts', 'logs', 'spans'] as const
  const odd = kinds.flatMap((kind) =>
    received[kind]
      .map(({ encoding }) => encoding)
      .filter(
        ({ path, form, contentEncoding }) =>
          !documented[kind].includes(`${path} ${form}`) || !compressions.includes(contentEncoding),
      )
      .map((encoding) => `${kind}: ${shown(encoding)}`),
  )
  return [
    ...(received.requests === 0 ? ['nothing has arrived at all'] : []),
    ...(received.validations === 0 ? ['the Agent never asked whether its key is valid'] : []),
    ...new Set(odd),
    ...received.problems,
  ]
}

/** The encodings in which things came, for the report. */
export const encodingsOf = (received: Received): string[] => {
  const kinds = ['series', 'serviceChecks', 'hosts', 'logs', 'spans'] as const
  return kinds.flatMap((kind) => [...new Set(received[kind].map(({ encoding }) => `${kind}: ${shown(encoding)}`))])
}
