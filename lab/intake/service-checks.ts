import { z } from 'zod'
import { encodingOf, listOf, number, tags, text } from './fields.ts'
import type { Content, Payload } from './payloads.ts'

const item = z.object({
  check: z.string().min(1),
  host_name: text,
  timestamp: number,
  status: z.int().min(0).max(3),
  message: text,
  tags,
})

/** `/api/v1/check_run`: a JSON list of service checks. */
export const readServiceChecks = (payload: Payload): Content => {
  const encoding = encodingOf(payload, 'json')
  return {
    serviceChecks: listOf(item, payload, 'a list of service checks').map(({ host_name: host, ...check }) => ({
      ...check,
      host,
      encoding,
    })),
  }
}
