import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { JsonObject } from '../../scripts/lib/_helpers/json.ts'
import { isObject, kindOf } from '../../scripts/lib/_helpers/json.ts'
import type { Version } from '../../scripts/lib/observe/models/client.ts'
import { judgeDashboard } from '../../scripts/lib/observe/models/dashboard.ts'
import { modelProblems, problemLine } from '../../scripts/lib/observe/models/problems.ts'
import { Refusal, refuseAny } from './refusal.ts'
import type { Store } from './store.ts'

/** What an operation works with. */
export interface Context {
  readonly store: Store
  readonly now: Date
  readonly timezone: string
  /** From the path, `{id}` in the route. */
  readonly id: string
  readonly query: URLSearchParams
  readonly body: unknown
}

/** Reads a query parameter as a whole number of at least 0. @throws Refusal 400 */
export const numberIn = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^\d{1,15}$/.test(text)) throw new Refusal(400, [`parameter ${name}: expected a whole number, found ${text}`])
  return Number(text)
}

/** Reads a query parameter as a boolean. @throws Refusal 400 */
export const flagIn = (query: URLSearchParams, name: string): boolean => {
  const text = query.get(name) ?? 'false'
  if (text !== 'true' && text !== 'false')
    throw new Refusal(400, [`parameter ${name}: expected true or false, found ${text}`])
  return text === 'true'
}

/**
 * The body as an object that the client's model accepts, apart from options newer than the model. @throws Refusal 400
 * with each problem and its path
 */
export const bodyAs = ({ body }: Context, model: string, version: Version): JsonObject => {
  refuseAny(
    modelProblems(model, version, body)
      .filter(({ maybe, path }) => maybe === undefined || !path.startsWith('options.'))
      .map(problemLine),
  )
  if (!isObject(body)) throw new Refusal(400, [`expected an object, found ${kindOf(body)}`])
  return body
}

/**
 * Reads a dashboard's body. The pinned client is older than the server, so unknown fields and widget types may be
 * valid.
 *
 * @throws Refusal 400
 */
export const dashboardBody = ({ body }: Context): JsonObject => {
  if (!isObject(body)) throw new Refusal(400, [`expected an object, found ${kindOf(body)}`])
  refuseAny(judgeDashboard(body, true).problems.map(problemLine))
  return body
}

/** A parser's complaint about a text; undefined if it accepts the text. */
export const complaint = (parse: () => unknown): string | undefined => {
  try {
    parse()
    return undefined
  } catch (error) {
    if (error instanceof BoxhoundError && error.code === 'E_QUERY') return error.message
    throw error
  }
}
