// Runs the negative controls, each on a green machine.

import pLimit from 'p-limit'
import { BoxhoundError, formatError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { MachineChoice } from '../boot/kind.ts'
import type { Machine, QemuMachine } from '../boot/machine.ts'
import type { Published } from '../boot/published-image.ts'
import { loadSnapshot, saveSnapshot } from '../boot/snapshot.ts'
import { type Control, type ControlResult, judgeControl } from './control.ts'
import { keyedOf, progressOf, type WithOne, withMachines } from './image.ts'
import { notJudgedOn } from './judgeable.ts'
import type { Deadlines, VerifyResults } from './results.ts'
import { connect } from './ssh.ts'
import { isGreen } from './verdict.ts'
import { verifyTarget } from './verify.ts'

export interface ControlOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly machine: MachineChoice
  readonly onNote: (text: string) => void
  readonly onResult: (result: ControlResult) => void
}

/**
 * Each red check that polls waits until its deadline, which is just long enough for anything that a control restarts.
 */
const deadlines: Deadlines = { command: 120, poll: 12, limit: 40 }

/** Number of containers to break in parallel: a control mostly waits for a deadline. */
const atOnce = 2

const snapshot = 'green'

const judge = (
  machine: Machine,
  published: Published,
  tool: string,
  over: Partial<Deadlines>,
): Promise<VerifyResults> =>
  verifyTarget(machine.login, published.expectations, {
    tool,
    machine: machine.kind,
    notJudged: notJudgedOn(machine.kind),
    image: published.sha256,
    keyed: keyedOf(machine, published),
    ...progressOf(machine),
    deadlines: over,
  })

/** @throws E_NOT_GREEN if the unbroken box is red: what a control turns red would then prove nothing. */
const seeGreen = async (machine: Machine, published: Published, tool: string): Promise<number> => {
  const results = await judge(machine, published, tool, {})
  const { checks } = results
  if (isGreen(results)) return checks.length
  const red = checks.filter(({ status, lost }) => status === 'failed' || lost === true)
  throw new BoxhoundError('E_NOT_GREEN', 'the unbroken box is not green, so breaking it proves nothing', {
    found: red.map(({ id, observed }) => `${id}: ${observed}`).join('\n'),
    next: `npm run verify -- ${published.expectations.box}`,
  })
}

const breakIt = async (machine: Machine, { script, name }: Control): Promise<void> => {
  const session = await connect(machine.login)
  try {
    const { code, stderr } = await session.run('bash -s', { stdin: script, name, deadline: 180 })
    if (code !== 0)
      throw new BoxhoundError('E_CONTROL', `the control ${name} failed to break anything`, { found: stderr.trim() })
  } finally {
    session.close()
  }
}

/** Breaks a green machine, which `green` provides, and compares what turns red. */
const carryOut = async (
  control: Control,
  published: Published,
  tool: string,
  green: <T>(work: (machine: Machine) => Promise<T>) => Promise<T>,
): Promise<ControlResult> => {
  const begun = Date.now()
  const seconds = (): number => (Date.now() - begun) / 1000
  try {
    return await green(async (machine) => {
      await breakIt(machine, control)
      const { checks } = await judge(machine, published, tool, deadlines)
      const lost = checks.find((check) => check.lost === true)
      // What could not be judged did not stay green.
      return { ...judgeControl(control, checks, seconds()), ...(lost === undefined ? {} : { error: lost.observed }) }
    })
  } catch (error) {
    return { ...judgeControl(control, [], seconds()), error: formatError(error) }
  }
}

/** Uses one emulated machine, and restores the green state before each control. */
const onSnapshots = async (
  machine: QemuMachine,
  published: Published,
  controls: readonly Control[],
  tool: string,
  onResult: ControlOptions['onResult'],
): Promise<ControlResult[]> => {
  await saveSnapshot(machine.qmp, snapshot)
  const results: ControlResult[] = []
  for (const control of controls) {
    const result = await carryOut(control, published, tool, async (work) => {
      await loadSnapshot(machine.qmp, snapshot)
      return work(machine)
    })
    onResult(result)
    results.push(result)
  }
  return results
}

/**
 * Verifies that a box is green, then breaks it in one way after another (fault 44). Each control gets a new container.
 * An emulated machine, which takes longer to boot, is reset to its green state instead.
 *
 * @throws E_NOT_GREEN
 */
export const runControls = (
  published: Published,
  controls: readonly Control[],
  { environment, machine: choice, onNote, onResult }: ControlOptions,
  project: Project,
): Promise<ControlResult[]> => {
  const { tool } = project
  const announce = (checks: number): void =>
    onNote(`all ${checks} checks pass on the unbroken box; running ${controls.length} controls`)
  let quiet = false
  const note = (text: string): void => (quiet ? undefined : onNote(text))
  const own = async <T>(withOne: WithOne, work: (machine: Machine) => Promise<T>): Promise<T> =>
    withOne(async (machine) => {
      // What a control breaks must be running: an Agent that has loaded its checks, an app that has opened its log.
      await seeGreen(machine, published, tool)
      return work(machine)
    })
  return withMachines(published, { environment, machine: choice, onNote: note }, project, async (kind, withOne) => {
    if (kind === 'qemu')
      return withOne(async (machine) => {
        announce(await seeGreen(machine, published, tool))
        if (machine.kind !== 'qemu') throw new TypeError('a container has no snapshots')
        return onSnapshots(machine, published, controls, tool, onResult)
      })
    const judged = controls.filter(({ needs }) => !needs.includes('kernel'))
    for (const { name } of controls.filter((control) => !judged.includes(control)))
      onNote(`skipped ${name}: it breaks a kernel, and a container has none (--machine qemu)`)
    announce(await withOne((machine) => seeGreen(machine, published, tool)))
    // Each container's boot messages would only be noise.
    quiet = true
    const limit = pLimit(atOnce)
    return Promise.all(
      judged.map((control) =>
        limit(async () => {
          const result = await carryOut(control, published, tool, (work) => own(withOne, work))
          onResult(result)
          return result
        }),
      ),
    )
  })
}
