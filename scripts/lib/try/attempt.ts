// One attempt: applies changes to a container and runs the checks.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { bakePlan } from '../bake/bake.ts'
import { builderOf } from '../bake/builders.ts'
import type { Progress } from '../bake/progress.ts'
import { chooseKind } from '../boot/kind.ts'
import type { Login } from '../boot/machine.ts'
import { readDraft } from '../boot/published-image.ts'
import { machineFolder, runningMachine } from '../boot/state.ts'
import { lockOf, startMachine } from '../boot/up.ts'
import { withLock } from '../cache/lock.ts'
import type { Plan } from '../plan/planned-layer.ts'
import { stageLayer } from '../plan/stage.ts'
import { inputsFor } from '../verify/image.ts'
import { notJudgedOn } from '../verify/judgeable.ts'
import type { CheckResult, VerifyResults } from '../verify/results.ts'
import { connect } from '../verify/ssh.ts'
import type { Suite } from '../verify/suite.ts'
import { verifyTarget } from '../verify/verify.ts'
import { type Difference, difference } from './difference.ts'
import { idsFor } from './ids.ts'
import { applyLive } from './live.ts'
import { checkOutput } from './output.ts'
import { readTryState, stateOf, type TryState, writeTryState } from './state.ts'

export interface TryOptions {
  /** Ids requested by the caller; empty means those that the change affects. */
  readonly ids: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  /**
   * A suite that is loading while the checks are being selected; the caller ends it. By default one is started when
   * needed.
   */
  readonly suite?: Suite
  readonly progress: (steps: readonly string[]) => Progress
  readonly onNote: (text: string) => void
  readonly onResult: (result: CheckResult) => void
  /** Called with a red check's own output. */
  readonly onOutput: (id: string, output: string) => void
}

export interface Tried {
  readonly results: VerifyResults
  /** How the machine received the changes. */
  readonly how: 'new' | 'live' | 'same'
}

type Change = Difference | { readonly kind: 'first' }

/** The container of an earlier attempt, and what it lacks. */
const lookAt = async (
  box: string,
  wanted: TryState,
  project: Project,
): Promise<{ change: Change; login: Login | null; last: readonly string[] }> => {
  const running = await runningMachine(project.cache, box, 'container')
  if (running === null) return { change: { kind: 'first' }, login: null, last: [] }
  const held = await readTryState(machineFolder(project.cache, box, 'container'))
  if (held === null)
    throw new BoxhoundError('E_TRY_BUSY', `the container of ${box} was started by "npm run up", not by "try"`, {
      next: `npm run down -- ${box} --machine container`,
    })
  return { change: difference(held, wanted), login: running.login, last: held.ids }
}

/** Bakes the changes as a draft and starts a container from it. */
const startNew = async (plan: Plan, options: TryOptions, project: Project): Promise<Login> => {
  const { name } = plan.rendered.box
  const { environment, progress, onNote } = options
  // Checked before minutes of baking.
  await chooseKind('container', project, onNote)
  await bakePlan(plan, { draft: true, builder: builderOf(), onError: 'clean', progress, note: onNote }, project)
  const bootable = await readDraft(name, project)
  // As in a verification: without a key no traces are received, but they must be judged.
  const inputs = inputsFor(environment)
  if (inputs !== environment) onNote('no DD_API_KEY set: this container gets a fake one, and no network')
  return startMachine(name, bootable, { kind: 'container', environment: inputs, draft: true, onNote }, project)
}

/** Applies the checks' layer to the running container. */
const applyChecks = async (plan: Plan, login: Login, removed: readonly string[], project: Project): Promise<void> => {
  const layer = plan.layers.find(({ name }) => name === 'checks')
  if (layer === undefined) return
  const staged = await mkdtemp(join(tmpdir(), 'boxhound-try-'))
  await withCleanup(
    () => rm(staged, { recursive: true, force: true }),
    async () => {
      const [session] = await Promise.all([connect(login, { guard: true }), stageLayer(layer, staged, project)])
      await applyLive(session, staged, removed).finally(session.close)
    },
  )
}

const sayWhat = (change: Change, ids: readonly string[]): string => {
  const judged = `${ids.length} ${ids.length === 1 ? 'check' : 'checks'} to run`
  if (change.kind === 'first') return `no container yet: baking a draft and starting one; ${judged}`
  if (change.kind === 'new')
    return `changed: layer ${change.layers.join(', ')}; baking a draft and starting a new container; ${judged}`
  if (change.kind === 'live')
    return `changed: ${change.checks.join(', ') || 'a removed check'}; updating the running container; ${judged}`
  return change.checks.length > 0
    ? `changed: expectations of ${change.checks.join(', ')}; ${judged}`
    : `nothing changed; ${judged}`
}

/** A suite that has waited through a bake is ended; judging starts its own. */
const withoutSuite = ({ suite: _, ...options }: TryOptions): TryOptions => options

const judge = async (
  plan: Plan,
  login: Login,
  ids: readonly string[],
  options: TryOptions,
  tool: string,
): Promise<VerifyResults> => {
  const { expectations } = plan.rendered
  const results = await verifyTarget(login, expectations, {
    tool,
    only: ids,
    image: null,
    keyed: null,
    onResult: options.onResult,
    machine: 'container',
    notJudged: notJudgedOn('container'),
    // Nothing here runs on an emulated processor, and a red check should be reported soon.
    deadlines: { command: 60, poll: 20, limit: 60 },
    ...(options.suite === undefined ? {} : { suite: options.suite }),
  })
  const red = expectations.checks.filter(({ name }) =>
    results.checks.some(({ id, status }) => id === `check.${name}` && status === 'failed'),
  )
  if (red.length === 0) return results
  const session = await connect(login, { guard: true })
  await withCleanup(session.close, async () => {
    for (const { name, rates } of red)
      options.onOutput(`check.${name}`, await checkOutput(session, name, rates.length > 0))
  })
  return results
}

/**
 * One iteration of a check's author: finds what has changed since the last attempt, brings it into a container, and
 * runs the affected checks.
 *
 * The container stays for the next attempt and for `npm run ssh`. Files of checks are copied into the running one. For
 * any other layer a draft is baked, and a new container started from it.
 *
 * @throws E_TRY_BUSY, E_LIVE, and the errors of baking, booting and verifying. Red checks are results.
 */
export const attempt = (plan: Plan, options: TryOptions, project: Project): Promise<Tried> => {
  const { box, expectations } = plan.rendered
  const folder = machineFolder(project.cache, box.name, 'container')
  return withLock(lockOf(box.name), 'try', project, async () => {
    const wanted = stateOf(plan, [])
    const { change, login, last } = await lookAt(box.name, wanted, project)
    const ids = idsFor(change, expectations, options.ids, last)
    options.onNote(sayWhat(change, ids))
    const live = login !== null && (change.kind === 'live' || change.kind === 'same')
    if (live) options.suite?.connect(login)
    else options.suite?.end()
    const at = live ? login : await startNew(plan, options, project)
    // Half applied is neither the old nor the new state, so whatever comes next starts a new container.
    if (change.kind === 'live' && live) {
      await rm(join(folder, 'try.json'), { force: true })
      await applyChecks(plan, at, change.removed, project)
    }
    await writeTryState(folder, { ...wanted, ids })
    const results = await judge(plan, at, ids, live ? options : withoutSuite(options), project.tool)
    return { results, how: live ? change.kind : 'new' }
  })
}
