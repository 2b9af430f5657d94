// The load on one machine: app and database at once.

import type { Session } from '../verify/ssh.ts'
import { type AppLoad, type AppLoadOptions, driveApp } from './app-load.ts'
import { type DatabaseFigures, type Driver, startDatabase } from './database-load.ts'
import type { Tick } from './report.ts'
import type { Measured } from './results.ts'
import { type Plan, segmentsOf } from './shape.ts'
import { repeat } from './watcher.ts'

export interface LoadOptions {
  readonly plan: Plan
  /** Undefined where there is none to drive. */
  readonly driver: Driver | undefined
  readonly app: (Omit<AppLoadOptions, 'port' | 'plan' | 'signal'> & { readonly guestPort: number }) | undefined
  /** Seconds from one tick to the next. */
  readonly every: number
  readonly onTick: (tick: Tick) => void
}

export interface Load {
  /** Settles when both have ended; rejects when the connection was lost. */
  readonly ended: Promise<DatabaseFigures | null>
  readonly measured: () => Measured
  /** Sends nothing more to the app, and settles when no answer is waited for. The driver of the database is ended by whoever removes it. */
  readonly stop: () => Promise<void>
}

/** Starts the driver of the database, and then calls the app by the same plan. */
export const startLoad = async (session: Session, options: LoadOptions): Promise<Load> => {
  const { plan, driver, every, onTick } = options
  const [stop, over] = [new AbortController(), new AbortController()]
  const database = driver === undefined ? undefined : await startDatabase(session, driver, segmentsOf(plan))
  const door = options.app === undefined ? undefined : await session.door(options.app.guestPort)
  const begun = performance.now()
  const app: AppLoad | undefined =
    options.app === undefined || door === undefined
      ? undefined
      : driveApp({ ...options.app, port: door.port, plan, signal: stop.signal })
  let seconds: number | undefined
  const elapsed = (): number => seconds ?? (performance.now() - begun) / 1000

  const tick = (): void =>
    onTick({
      at: elapsed(),
      seconds: every,
      app: app?.interval() ?? null,
      transactions: database?.transactions() ?? null,
    })
  const run = async (): Promise<DatabaseFigures | null> => {
    const ticking = repeat(every, over.signal, tick)
    try {
      const [figures] = await Promise.all([database?.ended, app?.ended])
      return figures ?? null
    } finally {
      seconds = elapsed()
      over.abort()
      door?.close()
      await ticking
    }
  }
  const ended = run()
  ended.catch(() => {})
  return {
    ended,
    measured: () => ({
      seconds: elapsed(),
      app: app?.figures() ?? null,
      transactions: database?.transactions() ?? null,
    }),
    stop: async () => {
      seconds ??= elapsed()
      stop.abort()
      await app?.ended
    },
  }
}
