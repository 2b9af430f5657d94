import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Expectations } from '../../scripts/lib/render/rendered-box.ts'
import type { Guest } from './guest.ts'
import { waitFor } from './wait.ts'

export type App = NonNullable<Expectations['app']>
export type Route = App['routes'][number]

const answersSchema = z.object({
  /** The app's log just before the first request. */
  log: z.object({ inode: z.number(), size: z.number() }),
  answers: z.array(z.object({ path: z.string(), status: z.number(), body: z.string(), error: z.string() })),
})
export type Answer = z.infer<typeof answersSchema>['answers'][number]

export interface Requests extends z.infer<typeof answersSchema> {
  /** The user agent that marks these requests. */
  readonly marker: string
}

export const appOf = (guest: Guest): App => {
  const { app } = guest.context.expectations
  if (app === null) throw new BoxhoundError('E_NO_APP', 'this box has no app')
  return app
}

/** Requests every route again, with the same marker. */
export const ask = async (guest: Guest, marker: string): Promise<Requests> => {
  const { port, routes, log } = appOf(guest)
  const paths = routes.map(({ path }) => path)
  return { marker, ...answersSchema.parse(await guest.probe('routes', { port, marker, paths, log })) }
}

/**
 * Requests every route once, for all checks of the app, as soon as the app listens. On an emulated processor its tracer
 * takes long to import.
 */
export const requests = (guest: Guest): Promise<Requests> =>
  guest.once('requests', async () => {
    const { port, unit } = appOf(guest)
    const listens = `(exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null`
    await waitFor(guest, listens, { name: 'wait for the app', units: [unit] })
    return ask(guest, `boxhound-${randomBytes(8).toString('hex')}`)
  })

const recordsSchema = z.object({
  error: z.string(),
  /** Number of lines that aren't JSON, among the last lines of the log, whenever they were written. */
  broken: z.number(),
  /** What was written since the requests began. */
  records: z.array(z.record(z.string(), z.unknown())),
})
export type Records = z.infer<typeof recordsSchema>

/** The records that these requests have added to the app's log, read as dd-agent. */
export const readRecords = async (guest: Guest, { log: since }: Pick<Requests, 'log'>): Promise<Records> =>
  recordsSchema.parse(await guest.probe('records', { log: appOf(guest).log, since }))

/**
 * The trace id of a log record as 32 hex digits. The tracer writes it either like that, or as the lower half in
 * decimal.
 *
 * @returns undefined for `0`, which is written outside of requests, and for anything that isn't an id.
 */
export const traceIdOf = (record: Readonly<Record<string, unknown>>): string | undefined => {
  const text = String(record['dd.trace_id'] ?? '')
  const hex = /^[0-9a-f]{32}$/.test(text)
    ? text
    : /^\d{1,20}$/.test(text)
      ? BigInt(text).toString(16).padStart(32, '0')
      : undefined
  return hex === undefined || /^0*$/.test(hex) ? undefined : hex
}
