import { setTimeout as delay } from 'node:timers/promises'
import { startIntake } from '../../../lab/intake/server.ts'
import type { Received } from '../../../lab/intake/types.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Published } from '../boot/published.ts'
import type { Expectations } from '../render/types.ts'
import { withMachine } from '../verify/image.ts'
import { connect, type Session } from '../verify/ssh.ts'
import type { CheckResult, Target, VerifyResults } from '../verify/types.ts'
import { type Provoked, type WireCheck, wireChecks } from './checks.ts'
import { encodingsOf } from './encodings.ts'
import { pointAgent, provoke } from './point.ts'

export interface WireOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly onNote: (text: string) => void
  readonly onResult: (result: CheckResult) => void
  /** Seconds until everything must have arrived, default 240: the slowest interval several times, on an emulated processor. */
  readonly deadline?: number
}

export interface WireResults {
  readonly results: VerifyResults
  /** Everything that arrived. */
  readonly received: Received
}

/** A key of the right shape that nobody has. */
const madeUpKey = '0123456789abcdef'.repeat(2)

const resultOf = (
  { id, title, expected, problems, observed }: WireCheck,
  received: Received,
  begun: number,
): CheckResult => {
  const found = problems(received)
  return {
    ...{ id, title, expected },
    status: found.length === 0 ? 'passed' : 'failed',
    seconds: (Date.now() - begun) / 1000,
    observed: found.length === 0 ? observed(received) : found.join('\n'),
  }
}

interface Watched {
  readonly session: Session
  readonly expectations: Expectations
  readonly received: () => Received
  readonly deadline: number
  readonly onResult: (result: CheckResult) => void
}

/** Provokes and looks until each check has passed once, or the time is over; how payloads came is judged at the end, over all of them. */
const watch = async ({ session, expectations, received, deadline, onResult }: Watched): Promise<CheckResult[]> => {
  const begun = Date.now()
  const passed = new Map<string, CheckResult>()
  const tell = (result: CheckResult): void => {
    passed.set(result.id, result)
    onResult(result)
  }
  let provoked: Provoked = { lines: {} }
  let checks: readonly WireCheck[] = []
  for (let round = 0; ; round++) {
    if (round % 10 === 0) provoked = await provoke(session, expectations)
    checks = wireChecks(expectations, provoked)
    const late = Date.now() - begun > deadline * 1000
    const open = checks.filter(({ id }) => !passed.has(id) && id !== 'wire.encodings')
    for (const check of open) {
      const result = resultOf(check, received(), begun)
      if (result.status === 'passed' || late) tell(result)
    }
    if (late || open.every(({ id }) => passed.has(id))) break
    await delay(1000)
  }
  for (const check of checks) if (!passed.has(check.id)) tell(resultOf(check, received(), begun))
  return checks.flatMap(({ id }) => passed.get(id) ?? [])
}

const judgeMachine = async (
  target: Target,
  options: Omit<Watched, 'session'>,
  intakePort: number,
): Promise<CheckResult[]> => {
  const session = await connect(target)
  return withCleanup(session.close, async () => {
    // The intake listens on this machine's loopback; the guest reaches it through the SSH connection, at a port of its own loopback.
    const port = await session.forward(intakePort)
    await pointAgent(session, port)
    return watch({ ...options, session })
  })
}

/**
 * Boots a disposable copy of a published image with its Agent pointed at an intake on this machine, and judges what arrives there.
 *
 * @throws BoxhoundError as `withMachine` does; E_WIRE when the machine can't be made to send.
 */
export const verifyWire = async (
  project: Project,
  published: Published,
  options: WireOptions,
): Promise<WireResults> => {
  const { expectations, sha256: image } = published
  const { onNote, onResult, deadline = 240 } = options
  const begun = Date.now()
  const intake = await startIntake({ apiKey: madeUpKey })
  return withCleanup(intake.close, async () => {
    const environment = { ...options.environment, DD_API_KEY: madeUpKey }
    const checks = await withMachine(project, published, { environment, onNote }, ({ login }) => {
      onNote(`the Agent sends to an intake on this machine, port ${intake.port}`)
      return judgeMachine(login, { expectations, received: intake.received, deadline, onResult }, intake.port)
    })
    for (const line of encodingsOf(intake.received())) onNote(line)
    const failed = checks.filter(({ status }) => status === 'failed').length
    return {
      received: intake.received(),
      results: {
        box: expectations.box,
        image,
        expectations: sha256(JSON.stringify(expectations)),
        labAgent: expectations.agent.lab,
        planned: checks.length,
        passed: checks.length - failed,
        ...{ failed, skipped: 0 },
        seconds: (Date.now() - begun) / 1000,
        checks,
      },
    }
  })
}
