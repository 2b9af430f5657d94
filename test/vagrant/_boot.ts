import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { follow, readConsole } from '../../scripts/lib/boot/console.ts'
import { freePort } from '../../scripts/lib/boot/port.ts'
import { connect, type Session } from '../../scripts/lib/verify/ssh.ts'
import type { World } from './_world.ts'

/** A machine without Vagrant around it, entered by the key that everybody has. */
export interface Booted {
  readonly session: Session
  readonly end: () => void
}

const disks = {
  // As VirtualBox would attach it.
  sata: ['-device', 'ahci,id=sata', '-device', 'ide-hd,drive=disk,bus=sata.0'],
  virtio: ['-device', 'virtio-blk-pci,drive=disk'],
} as const

/** A PC with its disk, a virtio network card behind NAT and a serial port; it reaches nothing but its own SSH port. */
const start = (disk: string, bus: keyof typeof disks, port: number, log: string): ChildProcess =>
  spawn(
    'qemu-system-x86_64',
    [
      '-nodefaults',
      '-display',
      'none',
      '-machine',
      'pc',
      '-accel',
      'tcg,thread=multi',
      '-cpu',
      'qemu64,+rdrand',
      '-smp',
      '2',
      '-m',
      '2048',
      '-drive',
      `file=${disk},format=qcow2,if=none,id=disk,cache=unsafe`,
      ...disks[bus],
      '-netdev',
      `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`,
      '-device',
      'virtio-net-pci,netdev=net',
      '-object',
      'rng-random,id=rng,filename=/dev/urandom',
      '-device',
      'virtio-rng-pci,rng=rng',
      '-chardev',
      `file,id=console,path=${log}`,
      '-serial',
      'chardev:console',
    ],
    { stdio: 'ignore' },
  )

const hostKeyOn = async (log: string): Promise<string> => {
  const text = follow(log)
  for (let tries = 0; tries < 360; tries++) {
    // The kind that the client asks for: the other ones may stand there a moment before it.
    const found = readConsole(await text()).hostKeys['ssh-ed25519']
    if (found !== undefined) return found
    await sleep(500)
  }
  throw new Error(`no host key on the console: ${(await text()).slice(-1500)}`)
}

/**
 * Boots a disk of a Vagrant box and logs in as Vagrant would the first time.
 *
 * @param disk a qcow2 that may be written to.
 * @param folder for its console and key.
 */
export const bootBox = async (world: World, disk: string, bus: keyof typeof disks, folder: string): Promise<Booted> => {
  const [key, log, port] = [join(folder, 'key'), join(folder, 'console'), await freePort()]
  // Vagrant lays its well-known key into its home when it is first started.
  await world.vagrant(['box', 'list'])
  copyFileSync(join(world.folder, 'home', 'insecure_private_key'), key)
  chmodSync(key, 0o600)
  const machine = start(disk, bus, port, log)
  const end = (): void => void machine.kill('SIGKILL')
  process.once('exit', end)
  try {
    const login = { host: '127.0.0.1', port, user: 'vagrant', key, hostKey: await hostKeyOn(log) }
    for (let tries = 0; ; tries++) {
      const session = await connect(login).catch(async (error: unknown) => {
        if (tries === 30) throw error
        await sleep(2000)
        return undefined
      })
      if (session === undefined) continue
      const close = (): void => {
        session.close()
        end()
      }
      return { session, end: close }
    }
  } catch (error) {
    end()
    throw error
  }
}
