import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { freePort } from '../../scripts/lib/boot/port.ts'
import { bootBox } from './_boot.ts'
import { openWorld, project, type World } from './_world.ts'

let world: World

test.serial.before('Vagrant', async () => {
  world = await openWorld()
})

test.serial.after.always('nothing stays', async () => {
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

test.serial(
  'its disk boots from SATA as VirtualBox would attach it, and Vagrant’s well-known key opens it',
  async (t) => {
    const folder = join(world.folder, 'virtualbox')
    mkdirSync(folder)
    const [vmdk, disk] = [join(boxes(), 'box.vmdk'), join(folder, 'disk.qcow2')]
    t.is(spawnSync('qemu-img', ['check', vmdk]).status, 0)
    t.is(spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', vmdk, '-F', 'vmdk', disk]).status, 0)
    const { session, end } = await bootBox(world, disk, 'sata', folder)
    const booted = await session.run(
      'sudo systemctl start boxhound-first-boot.service && sudo cat /var/lib/boxhound/first-boot.json',
    )
    t.is(booted.code, 0, booted.stderr)
    t.is(JSON.parse(booted.stdout).state, 'done')
    const root = await session.run('lsblk --noheadings --output TRAN --nodeps /dev/sda')
    t.is(root.stdout.trim(), 'sata')
    end()
  },
)
