// An intake on this machine for the Agent of a disposable machine under load.

import { join } from 'node:path'
import { startIntake } from '../../../lab/intake/server.ts'
import { writeAtomic } from '../_helpers/atomic.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { isLabVersion } from '../box/apt-repository.ts'
import type { Box } from '../box/box.ts'
import type { CheckResult } from '../verify/results.ts'
import { scrubResult } from '../verify/scrub.ts'
import type { Session } from '../verify/ssh.ts'
import { pointAgent } from '../wire/point.ts'
import { recordFile, recordOf } from '../wire/record.ts'
import { watch } from '../wire/watch.ts'
import { madeUpKey } from '../wire/wire.ts'
import { answeredOf } from './app-load.ts'
import type { MachineOptions, TrafficMachine } from './machine.ts'
import type { Measured } from './results.ts'
import type { Plan } from './shape.ts'
import { awaitRoots, judgeRoots, type Roots, rootsOf } from './wired.ts'

/** Requests in one run. The intake keeps every span in memory, about 2 kB each with what belongs to it. */
const most = 200_000

/** An Agent that sends to the intake. */
export interface PointedLoad {
  /** Judges what has arrived once the load is over, and keeps its points for the dashboard's preview. */
  readonly judge: (machine: TrafficMachine, measured: Measured) => Promise<CheckResult[]>
}

export interface Intake {
  /** How the machine must be started: a new one, with a key that the intake accepts. */
  readonly machine: Pick<MachineOptions, 'environment' | 'disposable'>
  readonly point: (session: Session) => Promise<PointedLoad>
}

const assertBounded = ({ rate, seconds }: Plan): void => {
  if (rate * seconds <= most) return
  throw new BoxhoundError('E_USAGE', 'that many requests cannot be kept for --wire', {
    exitCode: 2,
    expected: `at most ${most} requests`,
    found: `${rate} a second for ${seconds} s`,
    next: 'shorten --for, or lower --rate',
  })
}

/** Seconds until everything that the wire checks look for must have arrived after the load. */
const deadline = 240

/**
 * Starts an intake, runs `work`, and closes it.
 *
 * @throws E_USAGE (exit code 2) for more requests than can be kept; whatever pointing the Agent throws.
 */
export const withIntake = async <T>(
  box: Box,
  { plan, environment, onNote }: Pick<MachineOptions, 'environment' | 'onNote'> & { readonly plan: Plan },
  project: Project,
  work: (intake: Intake) => Promise<T>,
): Promise<T> => {
  assertBounded(plan)
  const intake = await startIntake({ apiKey: madeUpKey })
  const { received } = intake
  const point = async (session: Session): Promise<PointedLoad> => {
    const pointed = await pointAgent(session, await session.forward(intake.port))
    onNote(`the Agent sends to an intake on this machine, port ${intake.port}`)
    const roots = (): Roots => rootsOf(received(), box.app?.service ?? '')
    const before = roots()
    const judge = async ({ expectations }: TrafficMachine, measured: Measured): Promise<CheckResult[]> => {
      if (expectations === undefined) return []
      const { app, seconds } = measured
      const counted = app === null ? [] : [await countedOf(app, seconds)]
      onNote('waiting until the Agent has sent everything')
      const results = await watch({ session, pointed, expectations, received, deadline, onResult: () => {} })
      await writeAtomic(recordFile(join(project.out, box.name, 'verify-wire')), JSON.stringify(recordOf(received())))
      return [...counted, ...results].map((result) => scrubResult(result))
    }
    const countedOf = async (app: NonNullable<Measured['app']>, seconds: number): Promise<CheckResult> => {
      const after = await awaitRoots(roots, before.all + answeredOf(app))
      const labAgent = isLabVersion(box.agent.version)
      return judgeRoots({ service: box.app?.service ?? '', app, before, after, labAgent, seconds })
    }
    return { judge }
  }
  const machine = { environment: { ...environment, DD_API_KEY: madeUpKey }, disposable: true }
  return withCleanup(intake.close, () => work({ machine, point }))
}
