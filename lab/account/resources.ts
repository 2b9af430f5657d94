import type { JsonObject } from '../../scripts/lib/_helpers/json.ts'
import { notFound } from './refusal.ts'

/** Finds a resource by id. @throws Refusal 404 saying `what` was not found */
export const lookUp = (all: Readonly<Record<string, JsonObject>>, id: string, what: string): JsonObject => {
  const found = Object.hasOwn(all, id) ? all[id] : undefined
  if (found === undefined) throw notFound(what)
  return found
}

/** Whoever uses the lab's application key. */
export const author = { name: 'Lab', handle: 'lab@example.com', email: 'lab@example.com' }
