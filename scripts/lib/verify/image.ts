import { withCleanup } from '../_helpers/cleanup.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import { chooseAccelerator } from '../boot/accelerator.ts'
import { kernelBootsUnderKvm } from '../boot/kernel-probe.ts'
import { bootMachine, type Machine } from '../boot/machine.ts'
import type { Published } from '../boot/published.ts'
import { clearLeftovers, createRunFolder } from '../boot/run-folder.ts'
import type { CheckResult, VerifyResults } from './types.ts'
import { verifyTarget } from './verify.ts'

export interface ImageOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly only?: readonly string[]
  /** One line about what is going on, for the terminal. */
  readonly onNote: (text: string) => void
  readonly onResult?: (result: CheckResult) => void
}

/** A key of the right shape that nobody has. */
const madeUpKey = '0'.repeat(32)

/**
 * What an instance is verified with. Datadog's own trace-agent ends without a key (datadog.md), so where the caller gives none it gets a
 * made-up one: the machine reaches nothing but its own SSH port, so that nobody is ever shown it. The lab Agent runs unkeyed.
 */
export const inputsFor = (
  { agent }: Pick<Published['expectations'], 'agent'>,
  environment: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv =>
  agent.lab || (environment.DD_API_KEY ?? '') !== '' ? environment : { ...environment, DD_API_KEY: madeUpKey }

/**
 * Boots a disposable copy of a published image, lets `work` use it, and leaves nothing of it behind, however it ends.
 */
export const withMachine = async <T>(
  project: Project,
  { image, expectations }: Published,
  { environment, onNote }: Pick<ImageOptions, 'environment' | 'onNote'>,
  work: (machine: Machine) => Promise<T>,
): Promise<T> => {
  const { box, seed } = expectations
  for (const folder of await clearLeftovers(project.cache)) onNote(`cleared what a killed run left in ${folder}`)
  const kernelBoots = (): Promise<boolean> => {
    onNote('trying whether a kernel boots under KVM here (once per boot of this machine)')
    return kernelBootsUnderKvm(box, image)
  }
  const inputs = inputsFor(expectations, environment)
  if (inputs !== environment) onNote('no DD_API_KEY given: this machine gets a made-up one, and no network')
  const accelerator = await chooseAccelerator({ cache: project.cache, environment, kernelBoots })
  const folder = await createRunFolder(project.cache)
  let stop = async (): Promise<void> => {}
  const dispose = async (): Promise<void> => {
    await stop()
    await folder.remove()
  }
  return withCleanup(dispose, async () => {
    onNote(`booting a disposable copy of ${shown(image)} (${accelerator === 'kvm' ? 'KVM' : 'emulated processor'})`)
    const machine = await bootMachine({
      ...{ box, image, folder: folder.path, accelerator, detached: false, isolated: true, environment: inputs, seed },
      onNote,
      onStart: (process, end) => {
        stop = end
        return folder.note(process)
      },
    })
    onNote(`first boot ${machine.facts.firstBoot} after ${machine.bootSeconds.toFixed(1)} s`)
    return work(machine)
  })
}

/** Judges the published file by booting it; `seconds` of the results covers the boot as well. */
export const verifyImage = async (
  project: Project,
  published: Published,
  options: ImageOptions,
): Promise<VerifyResults> => {
  const begun = Date.now()
  const results = await withMachine(project, published, options, (machine) =>
    verifyTarget(machine.login, published.expectations, {
      root: project.root,
      machine: 'qemu',
      image: published.sha256,
      keyed: machine.keyed,
      ...(options.only === undefined ? {} : { only: options.only }),
      ...(options.onResult === undefined ? {} : { onResult: options.onResult }),
    }),
  )
  return { ...results, seconds: (Date.now() - begun) / 1000 }
}
