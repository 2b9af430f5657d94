import * as z from 'zod'
import { agentStatus } from '../agent.ts'
import { type App, appOf, type Records, readRecords, requests, traceIdOf } from '../app.ts'
import type { BoxCheck } from '../check.ts'
import { judge, type Verdict } from '../verdict.ts'

const tracesSchema = z.object({
  /** False when the receiver doesn't show what it received: a real Agent only counts. */
  shown: z.boolean(),
  spans: z.array(
    z.object({
      service: z.string().nullable(),
      resource: z.string().nullable(),
      env: z.string().nullable(),
      version: z.string().nullable(),
      /** Lower half of the trace id, 16 hex digits. */
      low: z.string(),
      /** Upper half, or empty for a 64-bit id. */
      high: z.string(),
    }),
  ),
})
export type Spans = z.infer<typeof tracesSchema>['spans']

const wantedOf = ({ service, env, version, routes }: App): string =>
  `a trace of ${routes.map(({ resource }) => resource).join(', ')} by ${service}, env ${env}, version ${version}; its id in the log`

/** Judges the traces of the marked requests against the routes, and each one's id against the app's log. */
export const judgeTraces = (app: App, spans: Spans, { records }: Records): Verdict => {
  const logged = new Set(records.map(traceIdOf))
  const problems = app.routes.flatMap(({ resource }) => {
    const span = spans.find((other) => other.resource === resource)
    if (span === undefined)
      return [`no trace of ${resource}; received: ${spans.map((other) => other.resource).join(', ') || 'none'}`]
    const id = `${span.high.padStart(16, '0')}${span.low}`
    const wrong = (['service', 'env', 'version'] as const).filter((key) => span[key] !== app[key])
    return [
      ...wrong.map((key) => `${resource}: ${key} is ${span[key] ?? 'absent'}, not ${app[key]}`),
      ...(logged.has(id) || logged.has(span.low.padStart(32, '0'))
        ? []
        : [`${resource}: no log record carries its trace id`]),
    ]
  })
  return judge(wantedOf(app), `${spans.length} traces received, their ids logged`, problems)
}

/** Where the receiver shows nothing: at least it counts traces, and the log carries ids. */
const judgeCounts = (app: App, receiver: readonly unknown[], { records }: Records): Verdict =>
  judge(wantedOf(app), 'the Agent counts traces, but does not show them; the log carries ids', [
    ...(receiver.length > 0 ? [] : ['the Agent has received no trace']),
    ...(records.some(traceIdOf) ? [] : ['no log record carries a trace id']),
  ])

export const check: BoxCheck = {
  run: async (guest) => {
    const app = appOf(guest)
    const { marker } = await requests(guest)
    return guest.until(async () => {
      const [traces, records] = await Promise.all([guest.probe('traces', { marker }), readRecords(guest)])
      const { shown, spans } = tracesSchema.parse(traces)
      return shown
        ? judgeTraces(app, spans, records)
        : judgeCounts(app, (await agentStatus(guest)).apmStats?.receiver ?? [], records)
    }, wantedOf(app))
  },
}
