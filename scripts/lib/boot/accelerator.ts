// Chooses KVM if it really boots a kernel.

import { access, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject, parsedJson } from '../_helpers/json.ts'
import type { Accelerator } from './machine-spec.ts'
import { sectorBootsUnderKvm } from './probe.ts'

export interface AcceleratorOptions {
  /** The layer store; keeps the answer until this machine reboots. */
  readonly cache: string
  readonly environment: NodeJS.ProcessEnv
  /**
   * Boots a stock kernel under KVM and returns whether it came up. Without it, KVM is only chosen if the store already
   * has an answer.
   */
  readonly kernelBoots?: () => Promise<boolean>
  /** Replaced in tests. */
  readonly sectorBoots?: () => Promise<boolean>
  readonly device?: string
}

const bootId = (): Promise<string> =>
  readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => 'unknown',
  )

const remember = async (file: string, accelerator: Accelerator, boot: string): Promise<void> => {
  const temporary = `${file}.${process.pid}`
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(temporary, `${JSON.stringify({ boot, accelerator })}\n`)
  await rename(temporary, file)
}

const recall = async (file: string, boot: string): Promise<Accelerator | null> => {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  const known = parsedJson(text)
  if (!isObject(known)) return null // truncated: test again
  return known.boot === boot && (known.accelerator === 'kvm' || known.accelerator === 'tcg') ? known.accelerator : null
}

/**
 * Chooses KVM only if something actually boots under it. The device may open and even run a boot sector, and still
 * stall every stock kernel (seen on virtual machines that emulate it). The answer is kept until this machine reboots.
 *
 * `BOXHOUND_ACCELERATOR=kvm|tcg` overrides the choice.
 */
export const chooseAccelerator = async (options: AcceleratorOptions): Promise<Accelerator> => {
  const wish = options.environment.BOXHOUND_ACCELERATOR
  if (wish === 'kvm' || wish === 'tcg') return wish
  const device = options.device ?? '/dev/kvm'
  const opens = await access(device, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!opens) return 'tcg'
  const file = join(options.cache, 'accelerator.json')
  const boot = await bootId()
  const known = await recall(file, boot)
  if (known !== null) return known
  const sector = await (options.sectorBoots ?? sectorBootsUnderKvm)()
  if (sector && options.kernelBoots === undefined) return 'tcg'
  const accelerator = sector && (await options.kernelBoots?.()) ? 'kvm' : 'tcg'
  await remember(file, accelerator, boot)
  return accelerator
}
