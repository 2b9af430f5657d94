import { z } from 'zod'
import { encodingOf, fit, isProbe, parseJson, tags, text } from './fields.ts'
import type { Content, Payload } from './payloads.ts'

const metadata = z.object({
  internalHostname: text,
  agentVersion: text,
  'host-tags': z.object({ system: tags }).nullish(),
})

/**
 * `/intake`: several kinds of JSON, told apart by their keys. Those with `host-tags` describe the host; events and the
 * rest are counted. Only the listed keys are kept, because the Agent writes its API key into this body.
 */
export const readHost = (payload: Payload): Content => {
  const value = parseJson(payload)
  if (isProbe(value)) return {}
  const { internalHostname: name, agentVersion, 'host-tags': hostTags } = fit(metadata, value, 'metadata of a host')
  if (hostTags === undefined || hostTags === null) return { other: true }
  return { hosts: [{ name, tags: hostTags.system, agentVersion, encoding: encodingOf(payload, 'json') }] }
}
