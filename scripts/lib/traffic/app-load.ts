// Drives the app, from inside the guest.

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

/** What was sent, and what came of it. */
const appFigures = z.object({
  sent: z.number(),
  /** By class of status: `2xx`, `5xx`. */
  answered: counts,
  /** Requests without an answer, by why; the app may have seen to them all the same. */
  unanswered: counts,
  /** Requests by route. */
  routes: counts,
  latency,
  /** Requests that were due and never sent: the app kept all connections busy. */
  late: z.number(),
})
export type AppFigures = Readonly<z.infer<typeof appFigures>>

/** A line of the runner: seconds since its start, all so far, and the latencies since the last one. */
const line = appFigures.extend({ at: z.number(), recent: latency })

/** What happened since the last time that somebody asked. */
export interface Interval {
  readonly seconds: number
  readonly answered: number
  readonly errors: number
  readonly latency: Latency
}

export interface AppLoad {
  /** Settles when the last answer has come, or none is waited for any more. */
  readonly ended: Promise<void>
  /** As the runner has told last. */
  readonly figures: () => AppFigures
  /** Null where the runner has told nothing new. */
  readonly interval: () => Interval | null
  /** Ends the sending, if it still goes on, and leaves nothing of it on the machine. */
  readonly stop: () => Promise<void>
}

export interface AppLoadOptions {
  /** Of the guest's loopback. */
  readonly port: number
  readonly routes: readonly Route[]
  readonly plan: Plan
  /** The most that are open at once. */
  readonly connections: number
  /** Seconds from one line of figures to the next. */
  readonly every: number
  /** Told when there are new figures. */
  readonly onFigures?: () => void
  /** Seconds until an answer must have come, default 60: an emulated processor under full load. */
  readonly patience?: number
  /** Seconds after the plan's end in which what was due before is still sent, default 3: the runner may have been kept from its work. */
  readonly catchUp?: number
}

const none: Latency = { p50: 0, p90: 0, p99: 0, max: 0 }
const nothing: AppFigures = { sent: 0, answered: {}, unanswered: {}, routes: {}, latency: none, late: 0 }

const sumOf = (numbers: Readonly<Record<string, number>>): number =>
  Object.values(numbers).reduce((sum, one) => sum + one, 0)

/** Requests that got an answer, whatever its status: each of them is a trace. */
export const answeredOf = ({ answered }: AppFigures): number => sumOf(answered)

const errorsOf = ({ answered, unanswered }: AppFigures): number =>
  sumOf(unanswered) + sumOf(answered) - (answered['2xx'] ?? 0)

/** So many calls are dealt out by their shares, and then the same again. */
const round = 1000

/** What the runner reads. */
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
 * Sends requests as the plan has them due, each over a connection of its own for as long as it takes, and counts each one once. Sending
 * ends with the plan; every request on its way is waited for, since the app and the Agent will count it too.
 *
 * It runs in the guest: by way of an SSH connection each answer took 40 ms more, in which small packets wait for each other.
 *
 * @throws E_TRAFFIC when the runner can't be started; `ended` rejects when it fails or the connection is lost.
 */
export const driveApp = async (session: Session, options: AppLoadOptions, { root }: Project): Promise<AppLoad> => {
  const unit: Unit = {
    name: 'boxhound-traffic-app',
    interpreter: ['python3', '-ISB'],
    text: await readFile(join(root, 'scripts/lib/traffic/app_load.py'), 'utf8'),
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
  // Whoever waits for it may not do so yet.
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
