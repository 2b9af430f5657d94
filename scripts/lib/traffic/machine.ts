// The machine under load: one that is already running, or a disposable one.

import { isIPv4 } from 'node:net'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { MachineChoice } from '../boot/kind.ts'
import type { MachineKind } from '../boot/machine.ts'
import { readPublished } from '../boot/published-image.ts'
import { runningMachines } from '../boot/state.ts'
import type { Box } from '../box/box.ts'
import type { Expectations } from '../render/rendered-box.ts'
import { progressOf, withMachine } from '../verify/image.ts'
import type { Target } from '../verify/results.ts'

/** What there is to drive on a machine. */
export interface Driven {
  readonly app: {
    readonly port: number
    readonly service: string
    readonly env: string
    readonly paths: readonly string[]
  } | null
  /** Name of the integration's check; null without a database. */
  readonly check: string | null
}

export interface TrafficMachine {
  readonly kind: MachineKind
  readonly target: Target
  /** SHA-256 of the image that it was started from. */
  readonly image: string
  /** False for a machine that stays in use: nothing may be left on it. */
  readonly disposable: boolean
  readonly driven: Driven
  /** What its image must show; only a disposable machine is known to be what was published. */
  readonly expectations?: Expectations
  /** See `SessionOptions`. */
  readonly progress?: () => number | undefined
}

export interface MachineOptions {
  readonly machine: MachineChoice
  readonly environment: NodeJS.ProcessEnv
  readonly onNote: (text: string) => void
  /** True leaves a machine that is up alone. */
  readonly disposable?: boolean
}

/**
 * Refuses any address that is not loopback: load must stay on this host, whatever a file in the store says.
 *
 * @throws E_TRAFFIC_ADDRESS with exit code 2.
 */
export const assertLoopback = (host: string): void => {
  if ((isIPv4(host) && host.startsWith('127.')) || host === '::1' || host === 'localhost') return
  throw new BoxhoundError('E_TRAFFIC_ADDRESS', `${host} is not an address of this machine’s loopback`, {
    exitCode: 2,
    expected: 'a machine of "npm run up" on 127.0.0.1',
    found: host,
    next: 'drive a disposable machine: npm run down, then npm run traffic',
  })
}

/** What the box file says about a running machine. */
const drivenBy = ({ app, database }: Box): Driven => ({
  app:
    app === null
      ? null
      : {
          port: app.port,
          service: app.service,
          env: app.env,
          paths: app.definition.routes.map(({ path }) => path),
        },
  check: database?.check.name ?? null,
})

const fits = (kind: MachineKind, choice: MachineChoice): boolean => choice === 'auto' || choice === kind

/**
 * Runs `work` on the box's running machine (on the container, if there are two), or on a disposable copy of the published
 * image, which is removed afterwards.
 */
export const withTrafficMachine = async <T>(
  box: Box,
  options: MachineOptions,
  project: Project,
  work: (machine: TrafficMachine) => Promise<T>,
): Promise<T> => {
  const { machine: choice, onNote } = options
  const running =
    options.disposable === true
      ? undefined
      : (await runningMachines(project.cache, box.name)).find(({ kind }) => fits(kind, choice))
  if (running !== undefined) {
    const { kind, login, image, process } = running
    assertLoopback(login.host)
    onNote(`driving the ${kind === 'qemu' ? 'machine' : 'container'} that is up at ${login.host}:${login.port}`)
    const progress = progressOf({ kind, process })
    return work({ kind, target: login, image, disposable: false, driven: drivenBy(box), ...progress })
  }
  const published = await readPublished(box.name, project)
  const { app, database } = published.expectations
  const driven: Driven = {
    app: app === null ? null : { ...app, paths: app.routes.map(({ path }) => path) },
    check: database?.check ?? null,
  }
  return withMachine(published, options, project, (machine) => {
    assertLoopback(machine.login.host)
    const { kind, login } = machine
    const { expectations, sha256: image } = published
    return work({ kind, target: login, image, disposable: true, driven, expectations, ...progressOf(machine) })
  })
}
