import * as z from 'zod'
import { agentStatus, isKeyed } from '../agent.ts'
import type { ReceiverEntry } from '../agent-status.ts'
import { type App, appOf, ask, type Records, readRecords, requests, traceIdOf } from '../app.ts'
import type { BoxCheck } from '../check.ts'
import { judge, notJudged, type Verdict } from '../verdict.ts'

const tracesSchema = z.object({
  /** False when the receiver doesn't show what it received: a real Agent only counts traces. */
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
  `a trace of ${routes.map(({ resource }) => resource).join(', ')} from ${service}, env ${env}, version ${version}; its id in the log`

/** Matches the traces of the marked requests with the routes, and their ids with the app's log. */
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
        : [`${resource}: no log record has its trace id`]),
    ]
  })
  return judge(wantedOf(app), `${spans.length} traces received, their ids logged`, problems)
}

/** How many traces of a service the Agent counted in its last full minute. */
export const countedOf = (receiver: readonly ReceiverEntry[], service: string): number =>
  receiver.filter(({ Service }) => Service === service).reduce((sum, { TracesReceived = 0 }) => sum + TracesReceived, 0)

/**
 * Judges the Agent's own counters: as many traces of the app as requests, and as many log records with ids. Traces of
 * other services don't count.
 */
export const judgeCounts = (app: App, receiver: readonly ReceiverEntry[], { records }: Records): Verdict => {
  const [wanted, counted] = [app.routes.length, countedOf(receiver, app.service)]
  const others = receiver
    .filter(({ Service }) => Service !== app.service)
    .map(({ Service, TracesReceived = 0 }) => `${TracesReceived} of ${Service || 'no service'}`)
  const logged = records.filter((record) => traceIdOf(record) !== undefined).length
  return judge(wantedOf(app), `the Agent counts ${counted} traces of ${app.service}; their ids are in the log`, [
    ...(counted >= wanted
      ? []
      : [
          `the Agent counts ${counted} traces of ${app.service}, not ${wanted}${others.length === 0 ? '' : `; others: ${others.join(', ')}`}`,
        ]),
    ...(logged >= wanted ? [] : [`${logged} log records from these requests have a trace id, not ${wanted}`]),
  ])
}

const both = (one: Verdict, other: Verdict): Verdict => (one.passed ? other : one)

/** In seconds. The Agent reports a minute's traces when that minute ends, and drops them when the next one ends. */
const receiverWindow = 65
const rounds = 2

export const check: BoxCheck = {
  run: async (guest) => {
    const app = appOf(guest)
    const made = await requests(guest)
    if (!(await isKeyed(guest)))
      return notJudged(
        wantedOf(app),
        'this instance has no API key, and without one the trace-agent exits: provide one at first boot (guide/keys.md)',
      )
    let [asked, round] = [Date.now(), 1]
    return guest.until(async () => {
      const [traces, records] = await Promise.all([
        guest.probe('traces', { marker: made.marker }),
        readRecords(guest, made),
      ])
      const { shown, spans } = tracesSchema.parse(traces)
      const contents = shown ? judgeTraces(app, spans, records) : undefined
      // Look at the counters last: they are only needed once the content is right.
      if (contents?.passed === false) return contents
      const receiver = (await agentStatus(guest)).apmStats?.receiver ?? []
      const verdict =
        contents === undefined
          ? judgeCounts(app, receiver, records)
          : both(judgeCounts(app, receiver, records), contents)
      // The minute may have ended between two requests. Either way a new minute begins here, so send them again.
      const split = countedOf(receiver, app.service) > 0 || Date.now() - asked > receiverWindow * 1000
      if (!verdict.passed && !shown && split && round < rounds) {
        await ask(guest, made.marker)
        ;[asked, round] = [Date.now(), round + 1]
      }
      return { ...verdict, progress: round }
    }, wantedOf(app))
  },
}
