import { join } from 'node:path'
import { $ } from 'zx'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { chooseAccelerator } from '../../scripts/lib/boot/accelerator.ts'
import { kernelBootsUnderKvm } from '../../scripts/lib/boot/kernel-probe.ts'
import { bootMachine, type Machine } from '../../scripts/lib/boot/machine.ts'
import { readPublished } from '../../scripts/lib/boot/published-image.ts'
import { createRunFolder } from '../../scripts/lib/boot/run-folder.ts'
import { connect, type Session } from '../../scripts/lib/verify/ssh.ts'

/** A box that was baked, and the user that its image's cloud-init makes. */
export const box = process.env.BOXHOUND_BOX ?? 'lab-cloud'
export const user = process.env.BOXHOUND_USER ?? 'debian'
/** Its system disk, larger than the image, as one orders it at a cloud. */
export const diskBytes = 12 * 2 ** 30

export interface Instance {
  readonly machine: Machine
  readonly folder: string
  /** Runs a script as root, by the default user's sudo; throws when it fails. */
  readonly root: (script: string) => Promise<string>
  readonly remove: () => Promise<void>
}

const asRoot =
  (session: Session) =>
  async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await session.run('sudo -n bash -s', {
      stdin: script,
      name: 'script',
      deadline: 240,
    })
    if (code !== 0) throw new Error(`exit status ${code}: ${stderr}\n${stdout}`)
    return stdout.trim()
  }

/** Starts an instance of the published image by this user-data, with an SSH key that the cloud hands over. */
export const startInstance = async (userData: string): Promise<Instance> => {
  const project = projectAt(process.cwd())
  const { image, expectations } = await readPublished(box, project)
  const kernelBoots = (): Promise<boolean> => kernelBootsUnderKvm(box, image)
  const accelerator = await chooseAccelerator({ cache: project.cache, environment: process.env, kernelBoots })
  const run = await createRunFolder(project.cache)
  try {
    const grown = join(run.path, 'grown.qcow2')
    await $({ quiet: true })`qemu-img create -q -f qcow2 -F qcow2 -b ${image} ${grown} ${diskBytes}`
    const machine = await bootMachine({
      box,
      image: grown,
      folder: run.path,
      accelerator,
      detached: false,
      isolated: true,
      environment: {},
      seed: expectations.seed,
      userData: { text: userData, user },
      onStart: run.note,
    })
    const session = await connect(machine.login)
    const remove = async (): Promise<void> => {
      session.close()
      await machine.stop()
      await run.remove()
    }
    return { machine, folder: run.path, root: asRoot(session), remove }
  } catch (error) {
    await run.remove()
    throw error
  }
}
