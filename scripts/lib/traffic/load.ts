// The load on one machine: app and database at once.

import type { Project } from '../_helpers/paths.ts'
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
  readonly app: Pick<AppLoadOptions, 'port' | 'routes' | 'connections'> | undefined
  /** Seconds from one tick to the next. */
  readonly every: number
  readonly onTick: (tick: Tick) => void
}

export interface Load {
  /** Settles when both have ended; rejects when the connection was lost. */
  readonly ended: Promise<DatabaseFigures | null>
  readonly measured: () => Measured
  /** Sends nothing more to the app. The driver of the database is ended by whoever removes it. */
  readonly stop: () => Promise<void>
}

/** Starts the database driver, then the requests to the app, both following the same plan. */
export const startLoad = async (session: Session, options: LoadOptions, project: Project): Promise<Load> => {
  const { plan, driver, every, onTick } = options
  const database = driver === undefined ? undefined : await startDatabase(session, driver, segmentsOf(plan))
  let app: AppLoad | undefined
  const begun = performance.now()
  let seconds: number | undefined
  const elapsed = (): number => seconds ?? (performance.now() - begun) / 1000
  const tick = (): void => {
    const interval = app?.interval() ?? null
    // The last one follows right after the one before.
    if (options.app !== undefined && (interval === null || interval.seconds < every / 2)) return
    onTick({ at: elapsed(), app: interval, transactions: database?.transactions() ?? null })
  }
  if (options.app !== undefined)
    app = await driveApp(session, { ...options.app, plan, every, onFigures: tick }, project)
  const run = async (): Promise<DatabaseFigures | null> => {
    const over = new AbortController()
    // With an app, each line of its load generator is a tick.
    const ticking = app === undefined ? repeat(every, over.signal, tick) : undefined
    try {
      const [figures] = await Promise.all([database?.ended, app?.ended])
      return figures ?? null
    } finally {
      seconds ??= elapsed()
      over.abort()
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
      await app?.stop()
    },
  }
}
