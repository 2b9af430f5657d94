// Tests KVM with a boot sector.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { outcomeOf } from '../_helpers/child.ts'
import { optionValue } from './command.ts'

/**
 * A boot sector that waits for five timer interrupts and then ends QEMU through its debug port with status 33.
 *
 *     cli; xor ax,ax; mov ds,ax; mov ss,ax; mov sp,7c00; sti; mov cx,5; hlt; loop -3; mov dx,f4; mov al,10; out dx,al; hlt
 */
const bootSector = Buffer.concat([
  Buffer.from('fa31c08ed88ed0bc007cfbb90500f4e2fdbaf400b010eef4ebfd', 'hex').subarray(0),
  Buffer.alloc(512 - 26 - 2),
  Buffer.from([0x55, 0xaa]),
])

/** Whether the boot sector runs under KVM. This is cheap and enough to rule KVM out, but not enough to rely on it. */
export const sectorBootsUnderKvm = async (): Promise<boolean> => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-kvm-'))
  try {
    const disk = join(folder, 'sector.img')
    await writeFile(disk, bootSector)
    const debugExit = 'isa-debug-exit,iobase=0xf4,iosize=4'
    const machine = ['-accel', 'kvm', '-cpu', 'host', '-nodefaults', '-display', 'none', '-m', '64']
    const words = [...machine, '-device', debugExit, '-drive', `file=${optionValue(disk)},format=raw,if=ide`]
    return await outcomeOf('qemu-system-x86_64', words, { timeout: 5000 }).then(
      ({ code }) => code === 33,
      () => false,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
