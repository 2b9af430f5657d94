import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { identitiesScript } from '../../scripts/lib/proof/identities.ts'
import type { Expectations } from '../../scripts/lib/render/rendered-box.ts'
import { bootBox } from './_boot.ts'
import { argumentsOfAll, filesHolding, keyInGuest, openWorld, project, type World } from './_world.ts'

const source = readFileSync(new URL('../../suite/image/identities.py', import.meta.url), 'utf8')
/** A value like a key of Datadog’s, which nobody has. */
const canary = randomBytes(16).toString('hex')
let world: World
let first: unknown

test.serial.before('libvirt, and a Vagrant of one’s own', async () => {
  world = await openWorld()
})

test.serial.after.always('nothing stays', async () => {
  await world?.close()
})

const expectations = (): Expectations => JSON.parse(readFileSync(join(project.out, 'lab', 'expectations.json'), 'utf8'))

const identity = async (): Promise<Record<string, string | null>> =>
  JSON.parse(await world.python('lab', identitiesScript(source, expectations().database)))

/** What a reboot changes as well. */
const ofOneBoot = ['boot id', 'random seed']

const lasting = (all: unknown): Record<string, string | null> =>
  Object.fromEntries(Object.entries(all as Record<string, string | null>).filter(([name]) => !ofOneBoot.includes(name)))

test.serial(
  'vagrant up: the monitored host, keyed by the environment, the key nowhere but in the Agent’s file',
  async (t) => {
    const folders = new Set(readdirSync('/dev/shm'))
    const { ended } = world.start('up-debug', ['up'], {
      DD_API_KEY: canary,
      DD_TAGS: 'env:trial role:database region:local',
      VAGRANT_LOG: 'debug',
    })
    let seen = ''
    let over = false
    void ended.finally(() => {
      over = true
    })
    while (!over) {
      if (argumentsOfAll().includes(canary)) seen = 'on a command line'
      await sleep(100)
    }
    const { code, output } = await ended
    t.is(code, 0, output.slice(-3000))
    t.is(seen, '')
    t.false(output.includes(canary), 'not in the debug log')
    t.deepEqual(filesHolding(canary, [world.folder, project.out]), [], 'not in .vagrant, not in the box, in no log')
    t.deepEqual(
      readdirSync('/dev/shm').filter((name) => !folders.has(name)),
      [],
      'the file that carried it is gone',
    )
    t.is(await keyInGuest(world, 'lab'), createHash('sha256').update(canary).digest('hex'), 'the Agent has it')
    const search = `import os
NEEDLE = open('/etc/datadog-agent/environment').read().split('DD_API_KEY="')[1].split('"')[0].encode()
for top in ('/etc', '/home', '/root', '/tmp', '/var/tmp', '/var/log', '/var/lib/boxhound', '/run', '/dev/shm'):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path) and NEEDLE in open(path, 'rb').read():
                print(path)`
    t.is((await world.python('lab', search)).trim(), '/etc/datadog-agent/environment', 'and nobody else in the guest')
    const answer = await fetch(`http://127.0.0.1:${world.port}/`)
    t.is(await answer.text(), 'Entrypoint to the Application', 'the app’s port is forwarded')
  },
)

test.serial('the suite is green on it', async (t) => {
  const { code, output } = await world.verb(['verify', 'lab', '--vagrant'])
  t.is(code, 0, output)
  t.regex(output, /\n20 passed, 0 failed\n/)
})

test.serial('provision again changes nothing, halt and up keep the machine and its key', async (t) => {
  first = await identity()
  t.is((await world.vagrant(['provision'])).code, 0)
  t.is((await world.vagrant(['halt'])).code, 0)
  const { code, output } = await world.vagrant(['up'])
  t.is(code, 0, output.slice(-3000))
  t.deepEqual(lasting(await identity()), lasting(first))
  t.is(await keyInGuest(world, 'lab'), createHash('sha256').update(canary).digest('hex'))
  const running = ['agent.running', 'agent.tags', 'database.running', 'app.routes'].flatMap((id) => ['--only', id])
  const verified = await world.verb(['verify', 'lab', '--vagrant', ...running])
  t.is(verified.code, 0, verified.output)
})

test.serial(
  'its VirtualBox disk boots from SATA as another machine in everything, and Vagrant’s well-known key opens it',
  async (t) => {
    t.is((await world.vagrant(['halt'])).code, 0)
    const made = await world.verb(['package', 'lab', '--provider', 'virtualbox'])
    t.is(made.code, 0, made.output)
    const folder = join(world.folder, 'virtualbox')
    mkdirSync(folder)
    const box = join(project.out, 'lab', 'lab-virtualbox.box')
    t.is(spawnSync('tar', ['-C', folder, '-xf', box, 'box.vmdk']).status, 0)
    const [vmdk, disk] = [join(folder, 'box.vmdk'), join(folder, 'disk.qcow2')]
    t.is(spawnSync('qemu-img', ['check', vmdk]).status, 0)
    t.is(spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', vmdk, '-F', 'vmdk', disk]).status, 0)
    const { session, end } = await bootBox(world, disk, 'sata', folder)
    try {
      const booted = await session.run(
        'sudo systemctl start boxhound-first-boot.service && sudo cat /var/lib/boxhound/first-boot.json',
      )
      t.is(booted.code, 0, booted.stderr)
      t.is(JSON.parse(booted.stdout).state, 'done')
      const root = await session.run('lsblk --noheadings --output TRAN --nodeps /dev/sda')
      t.is(root.stdout.trim(), 'sata')
      const asked = await session.run('sudo python3 -', { stdin: identitiesScript(source, expectations().database) })
      t.is(asked.code, 0, asked.stderr)
      const second = JSON.parse(asked.stdout) as Record<string, string | null>
      const same = Object.entries(first as Record<string, string | null>).filter(
        ([name, value]) => value !== null && second[name] === value,
      )
      t.deepEqual(same, [])
      t.true(Object.values(second).filter((value) => value !== null).length >= 6)
    } finally {
      end()
    }
  },
)

test.serial('destroy leaves no machine', async (t) => {
  t.is((await world.vagrant(['destroy', '--force'])).code, 0)
  t.deepEqual(world.machines(), [])
  const { code, output } = await world.verb(['verify', 'lab', '--vagrant'])
  t.is(code, 1)
  t.regex(output, /no running machine "lab"[\s\S]*vagrant up/)
})

test.serial('Ctrl-C during up leaves no machine', async (t) => {
  const { child, output, ended } = world.start('up-interrupted', ['up'])
  while (!output().includes('Waiting for machine to boot')) await sleep(100)
  // As a terminal does: to the whole group.
  process.kill(-(child.pid ?? 0), 'SIGINT')
  t.not((await ended).code, 0)
  t.deepEqual(world.machines(), [], output().slice(-2000))
})

test.serial('a port that is taken is told before anything is made', async (t) => {
  const server = createServer().listen(world.port, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const taken = await world.vagrant(['up'])
  server.close()
  t.not(taken.code, 0)
  t.regex(taken.output, new RegExp(`port ${world.port} .* is not available[\\s\\S]*APP_PORT=`))
  t.deepEqual(world.machines(), [])
})
