// Drives a box's app and database, and judges what arrived.

import { setTimeout as sleep } from 'node:timers/promises'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import type { CheckResult } from '../verify/results.ts'
import { connect, type Session } from '../verify/ssh.ts'
import { type AppLoad, driveApp } from './app-load.ts'
import {
  type DatabaseFigures,
  type DatabaseLoad,
  type Driver,
  driveDatabase,
  prepareDatabase,
  readDriver,
  removeDatabase,
} from './database-load.ts'
import { judgeApp, judgeDatabase, judgeIntegration, judgeTraces } from './judge.ts'
import { type MachineOptions, type TrafficMachine, withTrafficMachine } from './machine.ts'
import { type Observation, observe, type Watched } from './observation.ts'
import type { Tick } from './report.ts'
import type { Measured, TrafficResults } from './results.ts'
import { weightedRoutes } from './routes.ts'
import { type Plan, segmentsOf } from './shape.ts'
import { type Tally, tally } from './tally.ts'

export interface TrafficOptions extends MachineOptions {
  readonly plan: Plan
  readonly connections: number
  /** Seconds from one tick to the next. */
  readonly every: number

  readonly onTick: (tick: Tick) => void
  /** Told what was measured if the load ends before its time. */
  readonly onInterrupted: (measured: Measured) => void
}

/** Seconds from one look at a receiver that tells of minutes to the next. */
const lookEvery = 15

/**
 * Seconds without anything new after which nothing more is expected: a tracer sends each second; a minute's figures may be published 70 s after they were counted,
 * and the check of an integration may be due once in 15.
 */
const patience = { total: 30, minute: 150 } as const

/** Waits until somebody listens at the app's port: after a boot the app may still start. A connection alone makes no trace. */
const awaitApp = async (session: Session, port: number): Promise<void> => {
  const script = `until (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null; do sleep 0.5; done`
  await session.run(`timeout 150 bash -c '${script}'`, { deadline: 180, name: 'waiting for the app' })
}

/** A driver that did not get as far as a load. */
const failedDriver = ({ title }: Driver, error: BoxhoundError): DatabaseFigures => ({
  title,
  transactions: 0,
  failure: [error.message, error.details.found].filter((text) => text !== undefined).join(': '),
  counters: [],
})

const isOwn = (error: unknown): error is BoxhoundError => error instanceof BoxhoundError && error.code === 'E_TRAFFIC'

/** The same promise of figures, in which a database that fails is a finding and a lost connection an error. */
const orFailure = (driver: Driver, work: Promise<DatabaseFigures>): Promise<DatabaseFigures> =>
  work.catch((error: unknown) => {
    if (isOwn(error)) return failedDriver(driver, error)
    throw error
  })

/** One machine's load, from its start to what the Agent has counted of it. */
interface Outcome {
  readonly measured: Measured
  readonly database: DatabaseFigures | null
  readonly observations: readonly [Observation, ...Observation[]]
  readonly tally: Tally
}

/** Looks again until the Agent has counted as much as was answered and its check has run, or nothing new comes. */
const settle = async (
  session: Session,
  watched: Watched,
  observations: Observation[],
  answered: number,
): Promise<void> => {
  const runs = observations[0]?.runs ?? 0
  let changed = performance.now()
  for (let before = ''; ; ) {
    const now = await observe(session, watched)
    observations.push(now)
    const { counts } = tally(observations)
    const state = JSON.stringify([counts, now.runs])
    const complete =
      (watched.service === null || !now.keyed || counts.received + counts.unsent >= answered) &&
      (watched.check === null || now.runs > runs)
    // Twice the same: a payload that came twice would still come now.
    if (complete && (state === before || now.span === 'minute')) return
    if (state !== before) changed = performance.now()
    if (performance.now() - changed > patience[now.span] * 1000) return
    before = state
    await sleep(now.span === 'total' ? 2000 : 5000)
  }
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, one) => sum + one, 0)

const drive = async (
  session: Session,
  { driven, disposable }: TrafficMachine,
  box: Box,
  driver: Driver | undefined,
  options: TrafficOptions,
): Promise<Outcome> => {
  const { plan, connections, onInterrupted, onNote } = options
  const watched: Watched = {
    service: driven.app?.service ?? null,
    env: driven.app?.env ?? null,
    check: driven.check,
  }
  const stop = new AbortController()
  let app: AppLoad | undefined
  let database: DatabaseLoad | undefined
  let begun: number | undefined
  let complete = false
  const elapsed = (): number => (begun === undefined ? 0 : (performance.now() - begun) / 1000)
  const measured = (seconds: number): Measured => ({
    seconds,
    app: app?.figures() ?? null,
    transactions: database?.transactions() ?? null,
  })

  const leave = async (): Promise<void> => {
    const seconds = elapsed()
    stop.abort()
    await app?.ended
    if (!complete && begun !== undefined) onInterrupted(measured(seconds))
    // With a disposable machine all of it goes.
    if (driver === undefined || disposable || session.lost() !== undefined) return
    await removeDatabase(session, driver).catch((error: unknown) =>
      onNote(`the database of the load is still there: ${error instanceof Error ? error.message : String(error)}`),
    )
  }
  return withCleanup(leave, async () => {
    if (driven.app !== null) await awaitApp(session, driven.app.port)
    let figures: DatabaseFigures | null = null
    let failed: DatabaseFigures | undefined
    if (driver !== undefined) {
      try {
        await prepareDatabase(session, driver)
      } catch (error) {
        if (!isOwn(error)) throw error
        failed = failedDriver(driver, error)
      }
    }
    const first = await observe(session, watched)
    const observations: [Observation, ...Observation[]] = [first]
    const door = driven.app === null ? undefined : await session.door(driven.app.port)
    begun = performance.now()
    if (driver !== undefined && failed === undefined) {
      try {
        database = await driveDatabase(session, driver, segmentsOf(plan))
      } catch (error) {
        if (!isOwn(error)) throw error
        failed = failedDriver(driver, error)
      }
    }
    begun = performance.now()
    if (driven.app !== null && door !== undefined)
      app = driveApp({
        port: door.port,
        routes: weightedRoutes(driven.app.paths, box.app?.traffic ?? {}),
        plan,
        connections,
        signal: stop.signal,
      })
    const over = new AbortController()
    const ticking = tick(app, database, elapsed, options, over.signal)
    const looking = first.span === 'minute' ? look(session, watched, observations, over.signal) : Promise.resolve()
    try {
      const running = driver === undefined || database === undefined ? null : orFailure(driver, database.ended)
      ;[, figures] = await Promise.all([app?.ended, running])
    } finally {
      over.abort()
      door?.close()
      await Promise.all([ticking, looking])
    }
    const seconds = elapsed()
    onNote('waiting until the Agent has counted everything')
    await settle(session, watched, observations, total(app?.figures().answered ?? {}))
    complete = true
    return {
      measured: measured(seconds),
      database: figures ?? failed ?? null,
      observations,
      tally: tally(observations),
    }
  })
}

/** Tells again and again what happened since the last time. */
const tick = async (
  app: AppLoad | undefined,
  database: DatabaseLoad | undefined,
  elapsed: () => number,
  { every, onTick }: Pick<TrafficOptions, 'every' | 'onTick'>,
  signal: AbortSignal,
): Promise<void> => {
  let last = elapsed()
  while (!signal.aborted) {
    await sleep(every * 1000, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    const at = elapsed()
    onTick({
      at,
      seconds: at - last,
      app: app?.interval() ?? null,
      transactions: database?.transactions() ?? null,
    })
    last = at
  }
}

/** Looks at the receiver again and again, so that no minute is missed. */
const look = async (
  session: Session,
  watched: Watched,
  observations: Observation[],
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    await sleep(lookEvery * 1000, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    // One that fails is one look less: the next one comes soon enough.
    await observe(session, watched).then(
      (found) => observations.push(found),
      () => {},
    )
  }
}

const verdicts = (
  { measured, database, observations, tally: counted }: Outcome,
  { app, check }: TrafficMachine['driven'],
): CheckResult[] => {
  const { seconds } = measured
  const first = observations[0]
  const last = observations.at(-1) ?? first
  return [
    ...(app === null || measured.app === null
      ? []
      : [
          judgeApp(measured.app, seconds),
          judgeTraces({ service: app.service, app: measured.app, tally: counted, last, seconds }),
        ]),
    ...(database === null ? [] : [judgeDatabase(database, seconds)]),
    ...(check === null ? [] : [judgeIntegration(check, first, last, seconds)]),
  ]
}

const resultsOf = (
  box: Box,
  { kind, image, disposable, driven }: TrafficMachine,
  outcome: Outcome,
  { plan, connections }: TrafficOptions,
): TrafficResults => {
  const checks = verdicts(outcome, driven)
  const count = (status: CheckResult['status']): number => checks.filter((check) => check.status === status).length
  return {
    box: box.name,
    machine: kind,
    image,
    disposable,
    labAgent: box.agent.version.endsWith('+lab'),
    shape: plan.shape,
    seconds: outcome.measured.seconds,
    rate: plan.rate,
    connections,
    app: outcome.measured.app,
    database: outcome.database,
    traces: driven.app === null ? null : outcome.tally.counts,
    passed: count('passed'),
    failed: count('failed'),
    notJudged: count('not judged'),
    checks,
  }
}

/**
 * Drives the app and the database of a box on a machine of its own, and judges afterwards what the Agent has counted of it.
 *
 * @throws BoxhoundError E_TRAFFIC where there is nothing to drive; and what booting and connecting throw. A red verdict is no error.
 */
export const driveBox = async (project: Project, box: Box, options: TrafficOptions): Promise<TrafficResults> => {
  const driver = box.database === null ? undefined : await readDriver(box.database, options.connections)
  if (box.app === null && driver === undefined)
    throw new BoxhoundError('E_TRAFFIC', `${box.name} has nothing to drive`, {
      exitCode: 2,
      file: box.file,
      expected: 'an app, or a database whose database.yaml has traffic',
      found: box.database === null ? 'neither' : `no app, and ${box.database.engine} without traffic`,
      next: 'add an app, or traffic to the engine (guide/databases.md)',
    })
  return withTrafficMachine(project, box, options, async (machine) => {
    const { target, disposable, progress } = machine
    const session = await connect(target, {
      guard: !disposable,
      ...(progress === undefined ? {} : { progress }),
    })
    return withCleanup(session.close, async () =>
      resultsOf(box, machine, await drive(session, machine, box, driver, options), options),
    )
  })
}
