import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { freePort } from '../../scripts/lib/boot/port.ts'
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
