import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { $ } from 'zx'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { bootMachine } from '../../scripts/lib/boot/machine.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

/** A boot sector that sends `text` over the first serial port and halts. */
const bootSector = (text: string): Buffer => {
  const code = '31c08ed8be157cbaf803ac84c07403eeebf8f4ebfd' // si = 0x7c15, dx = 0x3f8: lodsb, out, until a zero; hlt
  const sector = Buffer.alloc(512)
  Buffer.concat([Buffer.from(code, 'hex'), Buffer.from(`${text}\0`, 'latin1')]).copy(sector)
  sector.writeUInt16LE(0xaa55, 510)
  return sector
}

const imageThatSays = async (folder: string, text: string): Promise<string> => {
  const raw = join(folder, 'disk.raw')
  const image = join(folder, 'image.qcow2')
  await writeFile(raw, Buffer.concat([bootSector(text), Buffer.alloc(1024 * 1024)]))
  await $({ quiet: true })`qemu-img convert -q -f raw -O qcow2 ${raw} ${image}`
  return image
}

const boot = async (folder: string, image: string, notes: string[], started: number[]) =>
  bootMachine({
    box: 'panic',
    image,
    folder: join(folder, 'run'),
    accelerator: 'tcg',
    memory: 64,
    deadline: 60,
    detached: false,
    isolated: true,
    environment: {},
    seed: 'credentials',
    onNote: (text) => notes.push(text),
    onStart: ({ pid }) => {
      started.push(pid)
    },
  })

test('a kernel that gives up ends the wait at once, and is tried a second time under emulation', async (t) => {
  const folder = await temporaryFolder(t)
  const image = await imageThatSays(folder, 'int3: 0000 [#1]\r\nKernel panic - not syncing: Fatal exception\r\n')
  const notes: string[] = []
  const started: number[] = []
  const error = await t.throwsAsync<BoxhoundError>(boot(folder, image, notes, started))
  t.is(error?.code, 'E_GUEST_PANIC')
  t.regex(error?.details.found ?? '', /int3: 0000 \[#1\]\n.*Fatal exception/)
  t.is(started.length, 2)
  t.regex(notes.join(), /kernel panic on the emulated processor/)
})

test('a boot that succeeds is not tried twice', async (t) => {
  const folder = await temporaryFolder(t)
  const key = `SHA256:${'a'.repeat(43)}`
  const image = await imageThatSays(folder, `boxhound: host-key ssh-ed25519 ${key}\r\nboxhound: first-boot done\r\n`)
  const started: number[] = []
  const machine = await boot(folder, image, [], started)
  await machine.stop()
  t.is(machine.login.hostKey, key)
  t.is(started.length, 1)
})
