// Puts load on a box's app and database, and judges what arrived.

import { waitIfInterrupted, withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { isLabVersion } from '../box/apt-repository.ts'
import type { Box } from '../box/box.ts'
import type { CheckResult } from '../verify/results.ts'
import { connect, type Session } from '../verify/ssh.ts'
import { answeredOf } from './app-load.ts'
import { type DatabaseFigures, type Driver, readDriver, removeDatabase } from './database-load.ts'
import { type Intake, withIntake } from './intake.ts'
import { judgeApp, judgeDatabase, judgeIntegration, judgeTraces } from './judge.ts'
import { type Load, type LoadOptions, startLoad } from './load.ts'
import { type MachineOptions, type TrafficMachine, withTrafficMachine } from './machine.ts'
import { type Observation, observe, type Watched } from './observation.ts'
import type { Measured, TrafficResults } from './results.ts'
import { weightedRoutes } from './routes.ts'
import { tally } from './tally.ts'
import { lookAfter, lookDuring } from './watcher.ts'

export interface TrafficOptions extends MachineOptions, Pick<LoadOptions, 'plan' | 'every' | 'onTick'> {
  readonly connections: number
  /** Points the Agent of a disposable machine at an intake on this one, and judges what it sends, too. */
  readonly wire?: boolean
  /** Receives the measurements if the load ends early. */
  readonly onInterrupted: (measured: Measured) => void
}

/** Waits until the app listens on its port, since it may still be starting after boot. A bare connection creates no trace. */
const awaitApp = async (session: Session, port: number): Promise<void> => {
  const script = `until (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null; do sleep 0.5; done`
  await session.run(`timeout 150 bash -c '${script}'`, { deadline: 180, name: 'waiting for the app' })
}

/** One machine's load, and what the Agent reported before and after it. */
interface Outcome {
  readonly measured: Measured
  readonly database: DatabaseFigures | null
  readonly observations: readonly [Observation, ...Observation[]]
}

const watchedOf = ({ app, check }: TrafficMachine['driven']): Watched => ({
  service: app?.service ?? null,
  env: app?.env ?? null,
  check,
})

const drive = async (
  session: Session,
  { driven, disposable }: TrafficMachine,
  box: Box,
  driver: Driver | undefined,
  options: TrafficOptions,
  project: Project,
): Promise<Outcome> => {
  const { connections, onNote } = options
  const { app } = driven
  const watched = watchedOf(driven)
  let load: Load | undefined
  let complete = false
  const remains = (error: unknown): void =>
    onNote(`could not clean up completely after the load: ${error instanceof Error ? error.message : String(error)}`)
  const leave = async (): Promise<void> => {
    const reachable = session.lost() === undefined
    // A disposable machine goes away with everything on it; there, only a load that still runs is stopped, for its last figures.
    if (reachable && !(disposable && complete)) await load?.stop().catch(remains)
    if (load !== undefined && !complete) options.onInterrupted(load.measured())
    if (reachable && driver !== undefined && !disposable) await removeDatabase(session, driver).catch(remains)
  }
  return withCleanup(leave, async () => {
    if (app !== null) await awaitApp(session, app.port)
    const observations: [Observation, ...Observation[]] = [await observe(session, watched)]
    load = await startLoad(
      session,
      {
        ...options,
        driver,
        app:
          app === null
            ? undefined
            : {
                port: app.port,
                routes: weightedRoutes(app.paths, box.app?.traffic ?? {}),
                connections,
              },
      },
      project,
    )
    const over = new AbortController()
    const looking = lookDuring(session, watched, observations, over.signal)
    const database = await load.ended.finally(() => over.abort())
    await looking
    await waitIfInterrupted()
    const measured = load.measured()
    onNote('waiting until the Agent has counted everything')
    await lookAfter(session, watched, observations, measured.app === null ? 0 : answeredOf(measured.app))
    complete = true
    return { measured, database, observations }
  })
}

const verdicts = (
  { measured, database, observations }: Outcome,
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
          judgeTraces({ service: app.service, app: measured.app, tally: tally(observations), last, seconds }),
        ]),
    ...(database === null ? [] : [judgeDatabase(database, seconds)]),
    ...(check === null ? [] : [judgeIntegration(check, first, last, seconds)]),
  ]
}

const resultsOf = (
  box: Box,
  { kind, image, disposable, driven }: TrafficMachine,
  { outcome, sent }: { outcome: Outcome; sent: readonly CheckResult[] },
  { plan, connections }: TrafficOptions,
): TrafficResults => {
  const checks = [...verdicts(outcome, driven), ...sent]
  const count = (status: CheckResult['status']): number => checks.filter((check) => check.status === status).length
  return {
    box: box.name,
    machine: kind,
    image,
    disposable,
    labAgent: isLabVersion(box.agent.version),
    shape: plan.shape,
    seconds: outcome.measured.seconds,
    rate: plan.rate,
    connections,
    app: outcome.measured.app,
    database: outcome.database,
    traces: driven.app === null ? null : tally(outcome.observations).counts,
    passed: count('passed'),
    failed: count('failed'),
    notJudged: count('not judged'),
    checks,
  }
}

/**
 * Puts load on the app and the database of a box's machine, then judges what the Agent and the database counted.
 *
 * @throws BoxhoundError E_TRAFFIC when there is nothing to drive, and whatever booting and connecting throw. A red verdict
 * is not an error.
 */
export const driveBox = async (box: Box, options: TrafficOptions, project: Project): Promise<TrafficResults> => {
  const driver = box.database === null ? undefined : await readDriver(box.database, options.connections)
  if (box.app === null && driver === undefined)
    throw new BoxhoundError('E_TRAFFIC', `${box.name} has nothing to drive`, {
      exitCode: 2,
      file: box.file,
      expected: 'an app, or a database whose database.yaml has traffic',
      found: box.database === null ? 'neither' : `no app, and ${box.database.engine} without traffic`,
      next: 'add an app, or traffic to the engine (guide/databases.md)',
    })
  const driveWith = (intake: Intake | undefined): Promise<TrafficResults> =>
    withTrafficMachine(box, { ...options, ...intake?.machine }, project, async (machine) => {
      const { target, disposable, progress } = machine
      const session = await connect(target, {
        guard: !disposable,
        ...(progress === undefined ? {} : { progress }),
      })
      return withCleanup(session.close, async () => {
        const pointed = await intake?.point(session)
        const outcome = await drive(session, machine, box, driver, options, project)
        const sent = (await pointed?.judge(machine, outcome.measured)) ?? []
        return resultsOf(box, machine, { outcome, sent }, options)
      })
    })
  return options.wire === true ? withIntake(box, options, project, driveWith) : driveWith(undefined)
}
