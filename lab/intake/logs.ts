import { z } from 'zod'
import { encodingOf, listOf, text } from './fields.ts'
import type { Content, Payload } from './payloads.ts'

const item = z.object({
  message: z.union([z.string(), z.record(z.string(), z.unknown())]),
  status: text,
  // The Agent sends a number; other senders may use any type.
  timestamp: z.number().catch(0),
  hostname: text,
  service: text,
  ddsource: text,
  ddtags: text,
})

/** `/api/v2/logs` and the older `/v1/input`: a JSON list of lines; `ddtags` are separated by commas. */
export const readLogs = (payload: Payload): Content => {
  const encoding = encodingOf(payload, 'json')
  return {
    logs: listOf(item, payload, 'a list of log lines').map((line) => ({
      message: typeof line.message === 'string' ? line.message : JSON.stringify(line.message),
      status: line.status,
      timestamp: line.timestamp,
      service: line.service,
      source: line.ddsource,
      tags: line.ddtags
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
      host: line.hostname,
      encoding,
    })),
  }
}
