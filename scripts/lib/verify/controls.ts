import { BoxhoundError, formatError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Machine } from '../boot/machine.ts'
import type { Published } from '../boot/published.ts'
import { loadSnapshot, saveSnapshot } from '../boot/snapshot.ts'
import { type Control, type ControlResult, judgeControl } from './control.ts'
import { withMachine } from './image.ts'
import { connect } from './ssh.ts'
import type { Deadlines, VerifyResults } from './types.ts'
import { verifyTarget } from './verify.ts'

export interface ControlOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly onNote: (text: string) => void
  readonly onResult: (result: ControlResult) => void
}

/** Each red check that is polled waits for its deadline: long enough for what a control restarts, no longer. */
const deadlines: Deadlines = { command: 120, poll: 12 }

const snapshot = 'green'

const judge = (
  machine: Machine,
  { expectations, sha256 }: Published,
  root: string,
  over: Partial<Deadlines>,
): Promise<VerifyResults> =>
  verifyTarget(machine.login, expectations, {
    ...{ root, machine: 'qemu', image: sha256, keyed: machine.keyed },
    deadlines: over,
  })

const breakIt = async (machine: Machine, { script, name }: Control): Promise<void> => {
  const session = await connect(machine.login)
  try {
    const { code, stderr } = await session.run('bash -s', { stdin: script, name, deadline: 180 })
    if (code !== 0)
      throw new BoxhoundError('E_CONTROL', `the control ${name} could not break anything`, { found: stderr.trim() })
  } finally {
    session.close()
  }
}

const carryOut = async (
  machine: Machine,
  published: Published,
  root: string,
  control: Control,
): Promise<ControlResult> => {
  const begun = Date.now()
  const seconds = (): number => (Date.now() - begun) / 1000
  try {
    await loadSnapshot(machine.qmp, snapshot)
    await breakIt(machine, control)
    const { checks } = await judge(machine, published, root, deadlines)
    return judgeControl(control, checks, seconds())
  } catch (error) {
    return { ...judgeControl(control, [], seconds()), error: formatError(error) }
  }
}

/**
 * Boots a box once, sees it green, and then breaks it in one way after another, going back to the green machine in
 * between (fault 44).
 *
 * @throws E_NOT_GREEN when the unbroken box is red: what a control then turns red would prove nothing.
 */
export const runControls = (
  project: Project,
  published: Published,
  controls: readonly Control[],
  { environment, onNote, onResult }: ControlOptions,
): Promise<ControlResult[]> =>
  withMachine(project, published, { environment, onNote }, async (machine) => {
    const { checks, failed } = await judge(machine, published, project.root, {})
    if (failed > 0) {
      const red = checks.filter(({ status }) => status === 'failed')
      throw new BoxhoundError('E_NOT_GREEN', 'the unbroken box is not green, so breaking it proves nothing', {
        found: red.map(({ id, observed }) => `${id}: ${observed}`).join('\n'),
        next: `npm run verify -- ${published.expectations.box}`,
      })
    }
    onNote(`the unbroken box is green in all ${checks.length} checks; ${controls.length} controls follow`)
    await saveSnapshot(machine.qmp, snapshot)
    const results: ControlResult[] = []
    for (const control of controls) {
      const result = await carryOut(machine, published, project.root, control)
      onResult(result)
      results.push(result)
    }
    return results
  })
