import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Expectations } from '../../scripts/lib/render/types.ts'
import type { Guest } from './guest.ts'

export type App = NonNullable<Expectations['app']>
export type Route = App['routes'][number]

const answersSchema = z.array(z.object({ path: z.string(), status: z.number(), body: z.string(), error: z.string() }))
export type Answer = z.infer<typeof answersSchema>[number]

export interface Requests {
  /** The user agent that tells these requests from anybody else's. */
  readonly marker: string
  readonly answers: readonly Answer[]
}

export const appOf = (guest: Guest): App => {
  const { app } = guest.context.expectations
  if (app === null) throw new BoxhoundError('E_NO_APP', 'this box has no app')
  return app
}

/** A loop inside the guest until the app's port answers: its tracer takes an emulated processor long to import. */
const waitScript = `
for _ in $(seq "$1"); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; then exit 0; fi
  sleep 1
done
exit 1
`

/** Asks for every route once, on behalf of all checks of the app, as soon as the app listens. */
export const requests = (guest: Guest): Promise<Requests> =>
  guest.once('requests', async () => {
    const { port, routes } = appOf(guest)
    const { poll } = guest.context.deadlines
    const words = ['bash', '-c', waitScript, 'wait', String(Math.ceil(poll)), String(port)]
    await guest.run(words, { name: 'wait for the app', deadline: poll + 30 })
    const marker = `boxhound-${randomBytes(8).toString('hex')}`
    const paths = routes.map(({ path }) => path)
    return { marker, answers: answersSchema.parse(await guest.probe('routes', { port, marker, paths })) }
  })

const recordsSchema = z.object({
  error: z.string(),
  broken: z.number(),
  records: z.array(z.record(z.string(), z.unknown())),
})
export type Records = z.infer<typeof recordsSchema>

/** The last records of the app's log, read as dd-agent. */
export const readRecords = async (guest: Guest): Promise<Records> =>
  recordsSchema.parse(await guest.probe('records', { log: appOf(guest).log }))

/**
 * A trace id of a log record as 32 hex digits: the tracer writes either those, or the lower half as a decimal number.
 *
 * @returns undefined for `0`, which is written outside of a request, and for anything that is no id.
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
