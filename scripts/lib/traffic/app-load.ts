// Puts load on the app, from inside the guest.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { BoxhoundError } from '../_helpers/errors.ts'
import { parsedJson } from '../_helpers/json.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Session } from '../verify/ssh.ts'
import { type Route, routePicker } from './routes.ts'
import { dueBy, type Plan } from './shape.ts'
import { installUnit, patience, removeUnit, runUnit, stopUnit, type Unit } from './unit.ts'

const counts = z.record(z.string(), z.number())

/** Milliseconds; all 0 where nothing was recorded. */
const latency = z.object({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() })
export type Latency = z.infer<typeof latency>

/** What was sent, and the outcomes. */
const appFigures = z.object({
  sent: z.number(),
  /** By class of status: `2xx`, `5xx`. */
  answered: counts,
  /** Requests without a response, by reason; the app may have handled them all the same. */
  unanswered: counts,
  /** Requests by route. */
  routes: counts,
  latency,
  /** Requests that were due but never sent, because all connections were busy. */
  late: z.number(),
})
export type AppFigures = Readonly<z.infer<typeof appFigures>>

/** A line of the load generator: seconds since its start, the totals, and the latencies since the last line. */
const line = appFigures.extend({ at: z.number(), recent: latency })

/** What happened since the last call. */
export interface Interval {
  readonly seconds: number
  readonly answered: number
  readonly errors: number
  readonly latency: Latency
}

export interface AppLoad {
  /** Settles when the last response has arrived or is no longer awaited. */
  readonly ended: Promise<void>
  /** As last reported by the load generator. */
  readonly figures: () => AppFigures
  /** Null if the load generator reported nothing new. */
  readonly interval: () => Interval | null
  /** Stops sending, and removes the load generator from the machine. */
  readonly stop: () => Promise<void>
}

export interface AppLoadOptions {
  /** On the guest's loopback. */
  readonly port: number
  readonly routes: readonly Route[]
  readonly plan: Plan
  /** Limit of concurrent connections. */
  readonly connections: number
  /** Seconds from one line of figures to the next. */
  readonly every: number
  /** Called when there are new figures. */
  readonly onFigures?: () => void
  /** Seconds to wait for a response, default 60: for an emulated CPU under full load. */
  readonly patience?: number
  /** Seconds after the plan's end in which overdue requests are still sent, default 3: the load generator may have been starved. */
  readonly catchUp?: number
}

const none: Latency = { p50: 0, p90: 0, p99: 0, max: 0 }
const nothing: AppFigures = { sent: 0, answered: {}, unanswered: {}, routes: {}, latency: none, late: 0 }

/** All counts together. */
export const sumOf = (numbers: Readonly<Record<string, number>>): number =>
  Object.values(numbers).reduce((sum, one) => sum + one, 0)

/** Requests that got a response, whatever its status: each makes a trace. */
export const answeredOf = ({ answered }: AppFigures): number => sumOf(answered)

const errorsOf = ({ answered, unanswered }: AppFigures): number =>
  sumOf(unanswered) + sumOf(answered) - (answered['2xx'] ?? 0)

/** Length of the sequence of routes that is repeated. */
const round = 1000

/** Input of the load generator. */
const orderOf = ({
  port,
  routes,
  plan,
  connections,
  every,
  patience: answer = 60,
  catchUp = 3,
}: AppLoadOptions): string => {
  const pick = routePicker(routes)
  return JSON.stringify({
    port,
    order: Array.from({ length: round }, pick),
    due: Array.from({ length: plan.seconds }, (_, second) => Math.round(dueBy(plan, second + 1))),
    connections,
    every,
    patience: answer,
    catch_up: catchUp,
  })
}

/**
 * Sends requests when the plan has them due, each on a connection that is busy until the response, and counts each one once.
 * Sending ends with the plan; requests in flight are awaited, since the app and the Agent will count them too.
 *
 * It runs in the guest, because over an SSH connection each response took 40 ms longer (small packets were delayed).
 *
 * @throws E_TRAFFIC when the load generator can't be started; `ended` rejects when it fails or the connection is lost.
 */
export const driveApp = async (session: Session, options: AppLoadOptions, { tool }: Project): Promise<AppLoad> => {
  const unit: Unit = {
    name: 'boxhound-traffic-app',
    interpreter: ['python3', '-ISB'],
    text: await readFile(join(tool, 'scripts/lib/traffic/app_load.py'), 'utf8'),
    environment: {},
  }
  await installUnit(session, unit)
  let [figures, recent, at, pending] = [nothing, none, 0, '']
  let told = { figures, at }
  const onOutput = (text: string): void => {
    const lines = `${pending}${text}`.split('\n')
    pending = lines.pop() ?? ''
    for (const { data } of lines.map((one) => line.safeParse(parsedJson(one)))) {
      if (data === undefined) continue
      ;({ recent, at, ...figures } = data)
      options.onFigures?.()
    }
  }
  const run = async (): Promise<void> => {
    const { seconds } = options.plan
    const { code, stderr } = await runUnit(session, unit, {
      words: [],
      stdin: orderOf(options),
      seconds: seconds + patience,
      onOutput,
    })
    if (code === 0) return
    throw new BoxhoundError('E_TRAFFIC', 'the load generator for the app failed on the machine', {
      expected: 'exit status 0',
      found: `${code}: ${stderr.trim().slice(-500)}`,
    })
  }
  const ended = run()
  // Nobody may be waiting for it yet.
  ended.catch(() => {})
  return {
    ended,
    figures: () => figures,
    interval: () => {
      if (at === told.at) return null
      const since = {
        seconds: at - told.at,
        answered: answeredOf(figures) - answeredOf(told.figures),
        errors: errorsOf(figures) - errorsOf(told.figures),
        latency: recent,
      }
      told = { figures, at }
      return since
    },
    stop: async () => {
      await stopUnit(session, unit)
      await ended.catch(() => {})
      await removeUnit(session, unit)
    },
  }
}
