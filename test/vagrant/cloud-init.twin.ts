import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { bootBox } from './_boot.ts'
import { openWorld, project, type World } from './_world.ts'

let world: World

test.serial.before('Vagrant', async () => {
  world = await openWorld()
})

test.serial.after.always('nothing stays', async () => {
  await world?.close()
})

test.serial(
  'the box of an image with cloud-init boots without a cloud: network, first boot, Vagrant’s user and no other',
  async (t) => {
    const made = await world.verb(['package', 'lab-cloud', '--provider', 'libvirt'])
    t.is(made.code, 0, made.output)
    const folder = join(world.folder, 'twin')
    mkdirSync(folder)
    const box = join(project.out, 'lab-cloud', 'lab-cloud-libvirt.box')
    t.is(spawnSync('tar', ['-C', folder, '-xf', box, 'box_0.img']).status, 0)
    const { session, end } = await bootBox(world, join(folder, 'box_0.img'), 'virtio', folder)
    try {
      const booted = await session.run(
        'sudo systemctl start boxhound-first-boot.service && sudo cat /var/lib/boxhound/first-boot.json',
        { deadline: 300 },
      )
      t.is(booted.code, 0, booted.stderr)
      t.is(JSON.parse(booted.stdout).state, 'done')
      const cloud = await session.run('cloud-init status --wait --long', { deadline: 300 })
      t.regex(cloud.stdout, /status: done/, cloud.stdout)
      t.regex(cloud.stdout, /DataSourceNoCloud/)
      const people = await session.run("getent passwd | awk -F: '$3 >= 1000 && $3 < 65534 { print $1 }'")
      t.is(people.stdout.trim(), 'vagrant')
      const addresses = await session.run('hostname --all-ip-addresses')
      t.regex(addresses.stdout, /^10\.0\.2\.15 /, 'by DHCP, without a seed that says so')
    } finally {
      end()
    }
  },
)
