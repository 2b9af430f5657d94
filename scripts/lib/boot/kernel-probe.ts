// Tests whether a kernel boots under KVM.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootMachine } from './machine.ts'

/**
 * Boots the published image under KVM until its first console line.
 *
 * @param seconds a working kernel needs two or three; one that stalls never gets there.
 */
export const kernelBootsUnderKvm = async (box: string, image: string, seconds = 10): Promise<boolean> => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-kernel-'))
  try {
    const shared = {
      box,
      image,
      folder,
      detached: false,
      isolated: true,
      environment: {},
      seed: 'credentials',
    } as const
    const machine = await bootMachine({ ...shared, accelerator: 'kvm', deadline: seconds, until: 'host-key' })
    await machine.stop()
    return true
  } catch {
    return false
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
