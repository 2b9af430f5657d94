// Chooses between container and QEMU.

import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { askSandbox } from '../_helpers/sandbox.ts'
import type { MachineKind } from './machine.ts'

/** The user's choice: one kind, or a container wherever one can run. */
export const machineChoices = ['auto', 'qemu', 'container'] as const
export type MachineChoice = (typeof machineChoices)[number]

/** The `--machine` option of a verb, with its default. */
export const machineOption = (fallback: MachineChoice) => ({
  machine: {
    type: 'string',
    value: machineChoices,
    help: `container: the image's userland at native speed, on this machine's kernel; qemu: a cold boot of the whole image; auto: a container where one can run (default: ${fallback})`,
  } as const,
})

export const machineChoice = (value: string | undefined, fallback: MachineChoice): MachineChoice =>
  machineChoices.find((choice) => choice === value) ?? fallback

/**
 * Why no container can run here, in one line; undefined if one can. Tested in separate namespaces, in some hundredths
 * of a second.
 */
export const whyNoContainer = async ({ tool }: Pick<Project, 'tool'>): Promise<string | undefined> => {
  if (process.platform !== 'linux') return 'containers need Linux'
  if (process.getuid?.() !== 0) return 'containers need root'
  const { code, stdout } = await askSandbox(['bash', join(tool, 'container', 'probe.sh')]).catch(() => ({
    code: null,
    stdout: 'namespaces cannot be created here',
  }))
  return code === 0 ? undefined : stdout.trim().split('\n')[0] || 'the probe of namespaces and mounts failed'
}

/**
 * The kind of machine to start.
 *
 * @throws E_NO_CONTAINER (exit code 3) if a container was requested and can't run here.
 */
export const chooseKind = async (
  choice: MachineChoice,
  project: Pick<Project, 'tool'>,
  onNote: (text: string) => void,
): Promise<MachineKind> => {
  if (choice === 'qemu') return 'qemu'
  const reason = await whyNoContainer(project)
  if (reason === undefined) return 'container'
  if (choice === 'auto') {
    onNote(`cannot run a container: ${reason}; booting the image with QEMU instead`)
    return 'qemu'
  }
  throw new BoxhoundError('E_NO_CONTAINER', 'this machine cannot run a container', {
    found: reason,
    next: 'npm run setup; or use --machine qemu',
    exitCode: 3,
  })
}
