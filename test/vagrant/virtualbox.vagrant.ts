import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { follow, preferredHostKey, readConsole } from '../../scripts/lib/boot/console.ts'
import { freePort } from '../../scripts/lib/boot/port.ts'
import { connect, type Session } from '../../scripts/lib/verify/ssh.ts'
import { openWorld, project, type World } from './_world.ts'

let world: World
let machine: ChildProcess | undefined

test.serial.before('Vagrant', async () => {
  world = await openWorld()
})

test.serial.after.always('nothing stays', async () => {
  machine?.kill('SIGKILL')
  await world?.close()
})

const boxes = (): string => join(world.folder, 'home', 'boxes', 'boxhound-VAGRANTSLASH-lab', '1.0.0', 'virtualbox')

test.serial('vagrant box add takes the box out of the catalogue, its checksum checked', async (t) => {
  const made = await world.verb(['package', 'lab', '--provider', 'virtualbox', '--provider', 'libvirt'])
  t.is(made.code, 0, made.output)
  const added = await world.vagrant([
    'box',
    'add',
    '--provider',
    'virtualbox',
    join(project.out, 'lab', 'catalog.json'),
  ])
  t.is(added.code, 0, added.output)
  const listed = await world.vagrant(['box', 'list'])
  t.regex(listed.output, /boxhound\/lab\s+\(virtualbox, 1\.0\.0\)/)
  t.true(existsSync(join(boxes(), 'box.ovf')))
})

test.serial('a web server will do: the catalogue for it points to the boxes beside it', async (t) => {
  const port = await freePort()
  const folder = join(project.out, 'lab')
  const made = await world.verb(['package', 'lab', '--provider', 'libvirt', '--url', `http://127.0.0.1:${port}/`])
  t.is(made.code, 0, made.output)
  const server = spawn('python3', ['-m', 'http.server', '--bind', '127.0.0.1', '--directory', folder, String(port)], {
    stdio: 'ignore',
  })
  try {
    await sleep(1500)
    const added = await world.vagrant([
      'box',
      'add',
      '--provider',
      'libvirt',
      `http://127.0.0.1:${port}/web/catalog.json`,
    ])
    t.is(added.code, 0, added.output)
  } finally {
    server.kill()
  }
})

/** A PC as VirtualBox makes one: the disk on SATA, a virtio network card behind NAT, a serial port. */
const start = (disk: string, port: number, log: string): ChildProcess =>
  spawn(
    'qemu-system-x86_64',
    [
      ...['-nodefaults', '-display', 'none', '-machine', 'pc', '-accel', 'tcg,thread=multi', '-cpu', 'qemu64,+rdrand'],
      ...['-smp', '2', '-m', '2048', '-device', 'ahci,id=sata', '-drive', `file=${disk},format=qcow2,if=none,id=disk`],
      ...['-device', 'ide-hd,drive=disk,bus=sata.0'],
      ...[
        '-netdev',
        `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`,
        '-device',
        'virtio-net-pci,netdev=net',
      ],
      ...['-chardev', `file,id=console,path=${log}`, '-serial', 'chardev:console'],
    ],
    { stdio: 'ignore' },
  )

const hostKey = async (log: string): Promise<string> => {
  const text = follow(log)
  for (let tries = 0; tries < 240; tries++) {
    const found = preferredHostKey(readConsole(await text()))
    if (found !== null) return found
    await sleep(500)
  }
  throw new Error(`no host key on the console: ${(await text()).slice(-1500)}`)
}

test.serial(
  'its disk boots from SATA as VirtualBox would attach it, and Vagrant’s well-known key opens it',
  async (t) => {
    const folder = join(world.folder, 'virtualbox')
    mkdirSync(folder)
    const [vmdk, disk] = [join(boxes(), 'box.vmdk'), join(folder, 'disk.qcow2')]
    t.is(spawnSync('qemu-img', ['check', vmdk]).status, 0)
    t.is(spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', vmdk, '-F', 'vmdk', disk]).status, 0)
    const key = join(folder, 'key')
    copyFileSync(join(world.folder, 'home', 'insecure_private_key'), key)
    chmodSync(key, 0o600)
    const port = await freePort()
    machine = start(disk, port, join(folder, 'console'))
    const login = { host: '127.0.0.1', port, user: 'vagrant', key, hostKey: await hostKey(join(folder, 'console')) }
    let session: Session | undefined
    for (let tries = 0; session === undefined; tries++)
      session = await connect(login).catch(async (error: unknown) => {
        if (tries === 30) throw error
        await sleep(2000)
        return undefined
      })
    const booted = await session.run(
      'sudo systemctl start boxhound-first-boot.service && sudo cat /var/lib/boxhound/first-boot.json',
    )
    t.is(booted.code, 0, booted.stderr)
    t.is(JSON.parse(booted.stdout).state, 'done')
    const root = await session.run('lsblk --noheadings --output TRAN --nodeps /dev/sda')
    t.is(root.stdout.trim(), 'sata')
    session.close()
  },
)
