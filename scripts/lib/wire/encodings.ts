// Paths and encodings of payloads.

import type { Encoding, Received } from '../../../lab/intake/payloads.ts'
import { formatCount } from '../_helpers/format.ts'
import type { WireCheck } from './wire-check.ts'

const kinds = ['series', 'serviceChecks', 'hosts', 'logs', 'spans'] as const
type Kind = (typeof kinds)[number]

/**
 * Path and format of each kind of payload, from the Agent's documentation and published modules
 * (guide/agent-contract.md).
 */
const documented: Readonly<Record<Kind, readonly string[]>> = {
  series: ['/api/v2/series protobuf', '/api/v2/series json', '/api/v1/series json'],
  serviceChecks: ['/api/v1/check_run json'],
  hosts: ['/intake/ json', '/intake json', '/api/v2/host_metadata json', '/api/v1/metadata json'],
  logs: ['/api/v2/logs json', '/v1/input json'],
  spans: ['/api/v0.2/traces protobuf'],
}

const compressions = ['identity', 'gzip', 'deflate', 'zstd', 'zstd1']

/**
 * The Content-Types that the Agent's published modules use for a format. Protobuf series may have either, traces only
 * the first.
 */
const contentTypes = (kind: Kind, form: Encoding['form']): readonly string[] => {
  if (form === 'json') return ['application/json']
  if (form !== 'protobuf') return []
  return kind === 'spans' ? ['application/x-protobuf'] : ['application/x-protobuf', 'application/protobuf']
}

const isDocumented = (kind: Kind, { path, form, contentType, contentEncoding }: Encoding): boolean =>
  documented[kind].includes(`${path} ${form}`) &&
  // Parameters such as a charset may follow.
  contentTypes(kind, form).includes(contentType.split(';', 1).join('').trim()) &&
  compressions.includes(contentEncoding)

const shown = ({ path, form, contentType, contentEncoding }: Encoding): string =>
  `${path} as ${form} (${contentType || 'no Content-Type'}), ${contentEncoding}`

/** Payloads sent in an undocumented way, and those that the intake could not read. */
const encodingProblems = (received: Received): string[] => {
  const odd = kinds.flatMap((kind) =>
    received[kind]
      .filter(({ encoding }) => !isDocumented(kind, encoding))
      .map(({ encoding }) => `${kind}: ${shown(encoding)}`),
  )
  return [
    ...(received.requests === 0 ? ['nothing has arrived'] : []),
    ...(received.validations === 0 ? ['the Agent never validated its key'] : []),
    ...new Set(odd),
    ...received.problems,
  ]
}

/** How payloads were encoded; judged over everything that arrived. */
export const encodings: WireCheck = {
  id: 'wire.encodings',
  title: 'Everything arrives in a documented encoding, with the key in its header',
  expected: 'only payloads that the intake can read, each kind at its own path and with its own Content-Type',
  observed: ({ requests }) => formatCount(requests, 'request'),
  problems: encodingProblems,
}

/** The encodings that were used, for the report. */
export const encodingsOf = (received: Received): string[] =>
  kinds.flatMap((kind) => [...new Set(received[kind].map(({ encoding }) => `${kind}: ${shown(encoding)}`))])
