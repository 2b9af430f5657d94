// Starts machines for a verification.

import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import { chooseAccelerator } from '../boot/accelerator.ts'
import { bootContainer } from '../boot/container.ts'
import { expandImage } from '../boot/expand.ts'
import { kernelBootsUnderKvm } from '../boot/kernel-probe.ts'
import { chooseKind, type MachineChoice } from '../boot/kind.ts'
import { bootMachine, type Machine, type MachineKind, type MachineOptions } from '../boot/machine.ts'
import { processorTime } from '../boot/process.ts'
import type { Published } from '../boot/published-image.ts'
import { clearLeftovers, createRunFolder, discardOutside } from '../boot/run-folder.ts'
import { notJudgedOn } from './judgeable.ts'
import type { CheckResult, VerifyResults } from './results.ts'
import { verifyTarget } from './verify.ts'

export interface ImageOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly only?: readonly string[]
  /** Default: `qemu`, a cold boot of the exact file that ships. */
  readonly machine?: MachineChoice
  /** Called with progress notes of one line, for the terminal. */
  readonly onNote: (text: string) => void
  readonly onResult?: (result: CheckResult) => void
}

/** A fake key in the right format. */
const madeUpKey = '0'.repeat(32)

/**
 * The inputs for a machine to verify. The trace-agent exits without a key, so if the caller has none, the machine gets
 * a fake one. It can reach nothing beyond its own SSH port, so the key is never sent anywhere.
 */
export const inputsFor = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  (environment.DD_API_KEY ?? '') === '' ? { ...environment, DD_API_KEY: madeUpKey } : environment

/** The lab resolves its own secrets; a box of a real Agent can't reach its store from a machine without network. */
const resolvesKey = ({ expectations: { agent } }: Pick<Published, 'expectations'>): boolean =>
  agent.lab && agent.secrets !== undefined

/** Whether a machine's Agent has a key, as far as whoever started it can know: its store may have one. */
export const keyedOf = (
  { keyed }: Pick<Machine, 'keyed'>,
  published: Pick<Published, 'expectations'>,
): boolean | null => (resolvesKey(published) && !keyed ? null : keyed)

interface BootChoice extends Pick<ImageOptions, 'environment' | 'onNote' | 'machine'> {
  /** True boots it without a key if the caller has none. */
  readonly keyless?: boolean
}

/** Starts a machine of the chosen kind in its own folder. */
type Start = (folder: string, shared: Omit<MachineOptions, 'folder'>) => Promise<Machine>

const qemu = async (
  { image, expectations }: Published,
  { environment, onNote }: BootChoice,
  project: Project,
): Promise<Start> => {
  const kernelBoots = (): Promise<boolean> => {
    onNote('testing whether a kernel boots under KVM here (once per boot of this machine)')
    return kernelBootsUnderKvm(expectations.box, image)
  }
  const accelerator = await chooseAccelerator({ cache: project.cache, environment, kernelBoots })
  return (folder, shared) => {
    onNote(`booting a disposable copy of ${shown(image)} (${accelerator === 'kvm' ? 'KVM' : 'emulated processor'})`)
    return bootMachine({ ...shared, folder, image, accelerator, isolated: true })
  }
}

const container = ({ image }: Published, { onNote }: BootChoice, { tool }: Project): Start => {
  let expanded: Promise<string> | undefined
  return async (folder, shared) => {
    onNote(`booting the userland of ${shown(image)} in a container`)
    // Machines of the same run share the expanded disk, which none of them writes to.
    expanded ??= expandInto(image, dirname(folder))
    return bootContainer({ ...shared, folder, tool, disk: await expanded })
  }
}

const expandInto = async (image: string, folder: string): Promise<string> => {
  const raw = join(folder, 'disk.raw')
  await expandImage(image, raw)
  return raw
}

/** Starts a machine, runs `work` with it, and leaves nothing behind. */
export type WithOne = <R>(work: (machine: Machine) => Promise<R>) => Promise<R>

/** Lets `work` start disposable machines from a published image, and leaves nothing behind, however it ends. */
export const withMachines = async <T>(
  published: Published,
  options: BootChoice,
  project: Project,
  work: (kind: MachineKind, withOne: WithOne) => Promise<T>,
): Promise<T> => {
  const { expectations } = published
  const { environment, onNote } = options
  const { box, seed } = expectations
  for (const folder of await clearLeftovers(project.cache)) onNote(`removed leftovers of a killed run in ${folder}`)
  const kind = await chooseKind(options.machine ?? 'qemu', project, onNote)
  const inputs = options.keyless === true || resolvesKey(published) ? environment : inputsFor(environment)
  if (inputs !== environment) onNote('no DD_API_KEY set: this machine gets a fake one, and no network')
  const start = kind === 'qemu' ? await qemu(published, options, project) : container(published, options, project)
  const folder = await createRunFolder(project.cache)
  let machines = 0
  const withOne: WithOne = async (use) => {
    machines += 1
    const own = join(folder.path, String(machines))
    let stop = async (): Promise<void> => {}
    const dispose = async (): Promise<void> => {
      await stop()
      await discardOutside(own)
      await rm(own, { recursive: true, force: true })
    }
    return withCleanup(dispose, async () => {
      const shared = { box, detached: false, environment: inputs, seed, onNote }
      const machine = await start(own, {
        ...shared,
        onStart: (process, end) => {
          stop = end
          return folder.note(process)
        },
      })
      onNote(`first boot ${machine.facts.firstBoot} after ${machine.bootSeconds.toFixed(1)} s`)
      return use(machine)
    })
  }
  return withCleanup(folder.remove, () => work(kind, withOne))
}

/** An emulated machine makes progress as long as its emulator uses the CPU, however slowly it responds. */
export const progressOf = ({
  kind,
  process,
}: Pick<Machine, 'kind' | 'process'>): { progress?: () => number | undefined } =>
  kind === 'qemu' ? { progress: () => processorTime(process) } : {}

/** Boots a disposable copy of a published image, runs `work` with it, and leaves nothing behind, however it ends. */
export const withMachine = <T>(
  published: Published,
  options: BootChoice,
  project: Project,
  work: (machine: Machine) => Promise<T>,
): Promise<T> => withMachines(published, options, project, (_, withOne) => withOne(work))

/** Judges the published file by booting it; `seconds` in the results includes the boot. */
export const verifyImage = async (
  published: Published,
  options: ImageOptions,
  project: Project,
): Promise<VerifyResults> => {
  const begun = Date.now()
  const results = await withMachine(published, options, project, (machine) =>
    verifyTarget(machine.login, published.expectations, {
      tool: project.tool,
      machine: machine.kind,
      notJudged: notJudgedOn(machine.kind),
      image: published.sha256,
      keyed: keyedOf(machine, published),
      onNote: options.onNote,
      ...progressOf(machine),
      ...(options.only === undefined ? {} : { only: options.only }),
      ...(options.onResult === undefined ? {} : { onResult: options.onResult }),
    }),
  )
  return { ...results, seconds: (Date.now() - begun) / 1000 }
}
