// Boots a machine, points its Agent at the intake, and reports.

import type { Received } from '../../../lab/intake/payloads.ts'
import { startIntake } from '../../../lab/intake/server.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { formatCount } from '../_helpers/format.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import type { MachineChoice } from '../boot/kind.ts'
import type { MachineKind } from '../boot/machine.ts'
import type { Published } from '../boot/published-image.ts'
import { withMachine } from '../verify/image.ts'
import type { CheckResult, Target, VerifyResults } from '../verify/results.ts'
import { scrubResult } from '../verify/scrub.ts'
import { connect } from '../verify/ssh.ts'
import { encodingsOf } from './encodings.ts'
import { pointAgent } from './point.ts'
import { type Watched, watch } from './watch.ts'

export interface WireOptions {
  readonly machine: MachineChoice
  readonly environment: NodeJS.ProcessEnv
  readonly onNote: (text: string) => void
  readonly onResult: (result: CheckResult) => void
  /**
   * Seconds until everything must have arrived; default 240, which is several times the slowest interval, on an
   * emulated processor.
   */
  readonly deadline?: number
}

export interface WireResults {
  readonly results: VerifyResults
  /** Everything that arrived. */
  readonly received: Received
}

/** A fake key in the right format, which an intake on this machine accepts. */
export const madeUpKey = '0123456789abcdef'.repeat(2)

const judgeMachine = async (
  target: Target,
  options: Omit<Watched, 'session' | 'pointed'>,
  intakePort: number,
): Promise<CheckResult[]> => {
  const session = await connect(target)
  return withCleanup(session.close, async () => {
    // The intake listens on this machine's loopback; the guest reaches it through the SSH connection, at a port on its
    // own loopback.
    const port = await session.forward(intakePort)
    const pointed = await pointAgent(session, port)
    return watch({ ...options, session, pointed })
  })
}

/**
 * Boots a disposable copy of a published image with its Agent pointed at an intake on this machine, and judges what
 * arrives.
 *
 * @throws BoxhoundError as `withMachine` does; E_WIRE if the machine can't be made to send, with exit code 2 for an Agent
 * in a container.
 */
export const verifyWire = async (
  published: Published,
  options: WireOptions,
  project: Project,
): Promise<WireResults> => {
  const { expectations, sha256: image } = published
  if (expectations.container !== null)
    throw new BoxhoundError(
      'E_WIRE',
      `${expectations.box} runs the Agent in a container, which cannot reach the intake`,
      {
        expected: 'a box with agent.run: package',
        found: 'agent.run: container',
        next: 'leave out --wire: the intake listens on the loopback of the machine, not on the bridge',
        exitCode: 2,
      },
    )
  const { onNote, onResult, deadline = 240 } = options
  let machine: MachineKind = 'qemu'
  const begun = Date.now()
  const intake = await startIntake({ apiKey: madeUpKey })
  return withCleanup(intake.close, async () => {
    const environment = { ...options.environment, DD_API_KEY: madeUpKey }
    const choice = { environment, onNote, machine: options.machine }
    const tell = (result: CheckResult): void => onResult(scrubResult(result))
    const judged = await withMachine(published, choice, project, ({ login, kind }) => {
      machine = kind
      onNote(`the Agent sends to an intake on this machine, port ${intake.port}`)
      return judgeMachine(login, { expectations, received: intake.received, deadline, onResult: tell }, intake.port)
    })
    const checks = judged.map((result) => scrubResult(result))
    for (const line of encodingsOf(intake.received())) onNote(line)
    const { interrupted } = intake.received()
    if (interrupted > 0) onNote(`${formatCount(interrupted, 'request')} ended before the whole body arrived`)
    const failed = checks.filter(({ status }) => status === 'failed').length
    return {
      received: intake.received(),
      results: {
        box: expectations.box,
        machine,
        image,
        expectations: sha256(JSON.stringify(expectations)),
        labAgent: expectations.agent.lab,
        planned: checks.length,
        passed: checks.length - failed,
        failed,
        skipped: 0,
        notJudged: 0,
        seconds: (Date.now() - begun) / 1000,
        checks,
      },
    }
  })
}
