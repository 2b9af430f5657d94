// Drives the app.

import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { isErrno } from '../_helpers/errors.ts'
import { type Latency, latencies } from './latency.ts'
import { type Route, routePicker } from './routes.ts'
import { dueBy, type Plan } from './shape.ts'

/** What was sent, and what came of it. */
export interface AppFigures {
  readonly sent: number
  /** By class of status: `2xx`, `5xx`. */
  readonly answered: Readonly<Record<string, number>>
  /** Requests without an answer, by why; the app may have seen to them all the same. */
  readonly unanswered: Readonly<Record<string, number>>
  /** Requests by route. */
  readonly routes: Readonly<Record<string, number>>
  readonly latency: Latency
  /** Requests that were due and never sent: the app kept all connections busy. */
  readonly late: number
}

/** What happened since the last time that somebody asked. */
export interface Interval {
  readonly answered: number
  readonly errors: number
  readonly latency: Latency
}

export interface AppLoad {
  /** Settles when the last answer has come, or none is waited for any more; never rejects. */
  readonly ended: Promise<void>
  readonly figures: () => AppFigures
  readonly interval: () => Interval
}

export interface AppLoadOptions {
  /** Of this machine's loopback. */
  readonly port: number
  readonly routes: readonly Route[]
  readonly plan: Plan
  /** The most that are open at once. */
  readonly connections: number
  /** Sends nothing more, and gives up what is on its way after `grace`. */
  readonly signal: AbortSignal
  /** Seconds until an answer must have come, default 60: an emulated processor under full load. */
  readonly patience?: number
  /** Seconds that answers are waited for after the signal, default 2. */
  readonly grace?: number
  /** Seconds after the plan's end in which what was due before is still sent, default 3: this process may have been kept from its work. */
  readonly catchUp?: number
}

/** Milliseconds from one look at what is due to the next. */
const tick = 10

/** Milliseconds. Shorter than servers keep an idle connection: a request must not meet its end. */
const idle = 1000

const countUp = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

const sumOf = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, one) => sum + one, 0)

/** Requests that got an answer, whatever its status: each of them is a trace. */
export const answeredOf = ({ answered }: AppFigures): number =>
  Object.values(answered).reduce((sum, one) => sum + one, 0)

const reasonOf = (error: unknown): string => {
  if (isErrno(error, 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT'))
    return 'no answer in time'
  if (isErrno(error, 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED', 'UND_ERR_ABORTED')) return 'given up at the end'
  return error instanceof Error ? error.message : String(error)
}

/**
 * Sends requests as the plan has them due, each over a connection of its own for as long as it takes, and counts each one once. Sending
 * ends with the plan; every request on its way is waited for, since the app and the Agent will count it too.
 *
 * A request that is due while all connections are busy is sent as soon as one is free.
 */
export const driveApp = (options: AppLoadOptions): AppLoad => {
  const { port, routes, plan, connections, signal, patience = 60, grace = 2, catchUp = 3 } = options
  const pick = routePicker(routes)
  const pool = new Pool(`http://127.0.0.1:${port}`, {
    connections,
    pipelining: 1,
    keepAliveTimeout: idle,
    headersTimeout: patience * 1000,
    bodyTimeout: patience * 1000,
    connectTimeout: patience * 1000,
  })
  const [answered, unanswered, called] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ]
  const [all, recent] = [latencies(), latencies()]
  const onTheirWay = new Set<Promise<void>>()
  let sent = 0
  let due = 0
  let told = { answered: 0, errors: 0 }

  const request = async (path: string): Promise<void> => {
    const begun = performance.now()
    try {
      const { statusCode, body } = await pool.request({ path, method: 'GET' })
      await body.dump()
      const milliseconds = performance.now() - begun
      all.record(milliseconds)
      recent.record(milliseconds)
      countUp(answered, `${Math.floor(statusCode / 100)}xx`)
    } catch (error) {
      countUp(unanswered, reasonOf(error))
    }
  }
  const send = (): void => {
    sent += 1
    const path = pick()
    countUp(called, path)
    const own = request(path).finally(() => onTheirWay.delete(own))
    onTheirWay.add(own)
  }
  const run = async (): Promise<void> => {
    const begun = performance.now()
    for (let at = 0; !signal.aborted && (at < plan.seconds || (sent < due && at < plan.seconds + catchUp)); ) {
      at = (performance.now() - begun) / 1000
      due = Math.floor(dueBy(plan, at) + 1e-6)
      while (sent < due && onTheirWay.size < connections) send()
      await sleep(tick)
    }
    const over = new AbortController()
    const giveUp = async (): Promise<void> => {
      await sleep(grace * 1000, undefined, { signal: over.signal }).catch(() => {})
      if (!over.signal.aborted) await pool.destroy()
    }
    if (signal.aborted) void giveUp()
    else signal.addEventListener('abort', () => void giveUp(), { once: true, signal: over.signal })
    await Promise.all(onTheirWay)
    over.abort()
    await pool.destroy()
  }
  const errors = (): number => sumOf(unanswered) + sumOf(answered) - (answered.get('2xx') ?? 0)
  return {
    ended: run(),
    figures: () => ({
      sent,
      answered: Object.fromEntries([...answered].toSorted()),
      unanswered: Object.fromEntries(unanswered),
      routes: Object.fromEntries([...called].toSorted()),
      latency: all.read(),
      late: Math.max(0, due - sent),
    }),
    interval: () => {
      const now = { answered: sumOf(answered), errors: errors() }
      const since = { answered: now.answered - told.answered, errors: now.errors - told.errors, latency: recent.read() }
      told = now
      recent.reset()
      return since
    },
  }
}
