// All stages, with command, dependencies and resources.

import type { Reading } from './count.ts'

/** What a stage takes of the machine while it runs. */
export interface Uses {
  /** Processors that it keeps busy on average: below 1 it waits more than it computes, and others run beside it. */
  readonly processors: number
  /** MB at its peak, machines included. */
  readonly memory: number
  /**
   * What only one stage may use at a time: `vm` a machine under QEMU, whose emulated processors slow each other down; `store` the layer store while a
   * bake fills it from nothing, since two would each make the lab's packages and the key that signs them; `libvirt` its daemon.
   */
  readonly alone: readonly ('vm' | 'store' | 'libvirt')[]
}

/** One command of `npm test`. */
export interface Stage {
  readonly name: string
  readonly title: string
  readonly command: readonly [string, ...string[]]
  readonly reading: Reading
  /** Stages that must have passed: without an image there is nothing to verify. */
  readonly needs: readonly string[]
  readonly uses: Uses
  /** About what it takes on two processors without KVM; decides what starts first, and judges nothing. */
  readonly seconds: number
  /** Seconds after which it is ended: many times what it takes, since others run beside it. */
  readonly deadline: number
  /** Whether `npm test`, `npm test -- --quick` or both run it. */
  readonly part: 'full' | 'quick' | 'both'
}

const verb = (name: string, ...words: string[]): [string, ...string[]] => ['node', 'scripts/_run.mjs', name, ...words]

const ava = (config: string): [string, ...string[]] => ['npx', 'ava', '--config', `${config}.config.js`, '--tap']

/** Asked for by name: a stage that fell back to QEMU would take many times as long, and nobody would know why. */
const inContainer = ['--machine', 'container']

/** What only a machine with its own kernel can show; it is seen green first, all of it. */
const ofKernel = ['--machine', 'qemu', '--only', 'kernel-modules-gone']

/** Controls whose ground is the image and not what a layer brought: they run on the twin as well, whose image is the harder one. */
const onTwin = [
  'agent-key-left',
  'agent-not-held',
  'build-user-left',
  'first-boot-failed',
  'history-left',
  'host-key-from-image',
  'private-key-left',
  'sudo-rule-left',
  'unit-disabled',
]

/** Ways to fail that the twin's database engine has as well as the lab box's. */
const onBoth = [
  'database-log-unreadable-later',
  'database-password-wrong',
  'grant-performance-schema-missing',
  'grant-process-missing',
]

/** What an engine's own folder brings; all others were seen on the lab box. */
const ofEngine = [
  'access-from-anywhere',
  'check-interval-changed-postgres',
  'connections-uncapped',
  'database-log-unreadable',
  'database-log-unreadable-later',
  'database-password-wrong',
  'grant-monitor-missing',
  'grant-superuser',
  'grant-too-much',
  'statements-missing',
]

/** The same of MongoDB's folder. */
const ofPublisher = [
  'address-open',
  'authorization-off',
  'check-interval-changed-mongo',
  'database-log-unreadable',
  'database-log-unreadable-later',
  'database-password-wrong',
  'role-local-missing',
  'role-monitor-missing',
  'role-root',
  'role-write',
]

const flags = (flag: string, names: readonly string[]): string[] => names.flatMap((name) => [flag, name])

type Rest = Pick<Stage, 'seconds' | 'deadline'> & Partial<Pick<Stage, 'needs' | 'part' | 'reading'>>

const define =
  (uses: Uses, defaults: Pick<Stage, 'reading' | 'part'>) =>
  (name: string, title: string, command: Stage['command'], rest: Rest): Stage => ({
    name,
    title,
    command,
    uses,
    needs: [],
    ...defaults,
    ...rest,
  })

/** Boots nothing and computes on one processor. */
const light = define({ processors: 0.8, memory: 700, alone: [] }, { reading: 'status', part: 'both' })
/** Bakes tiny boxes, one after the other: much of it waits for disks and for what it kills. */
const bakes = define({ processors: 0.8, memory: 1500, alone: [] }, { reading: 'tap', part: 'full' })
/** Boots nothing and would keep the machine busy; it takes the processor that a machine leaves, since nothing in it is timed. */
const heavy = define({ processors: 0.8, memory: 1500, alone: [] }, { reading: 'tap', part: 'both' })
/** Fills the layer store. */
const bake = define({ processors: 1, memory: 2000, alone: ['store'] }, { reading: 'status', part: 'full' })
/** Boots machines under QEMU, one after the other. */
const boots = define({ processors: 1, memory: 3000, alone: ['vm'] }, { reading: 'plain', part: 'full' })
/**
 * The same by Vagrant. Beside another machine under QEMU: for most of the time a guest installs packages, which keeps one of its two processors
 * busy, and waiting for all other machines to end took a quarter of an hour in which one processor of this machine had nothing to do.
 */
const vagrant = define({ processors: 1, memory: 3500, alone: ['libvirt'] }, { reading: 'tap', part: 'full' })
/** Takes from Vagrant what it boots itself. */
const vagrantBoots = define({ processors: 1, memory: 3500, alone: ['vm', 'libvirt'] }, { reading: 'tap', part: 'full' })
/** Starts containers. */
const contains = define({ processors: 0.8, memory: 2000, alone: [] }, { reading: 'plain', part: 'full' })

/** Everything that proves the project. A stage stands behind those that it needs; which runs when is the schedule's business. */
export const stages: readonly Stage[] = [
  light('lint', 'format and lint', ['npx', 'biome', 'check', '--error-on-warnings', '.'], {
    seconds: 4,
    deadline: 300,
  }),
  light('types', 'types', ['npx', 'tsc'], { seconds: 6, deadline: 300 }),
  light('schema', 'JSON Schema of the box file is fresh', verb('schema', '--check'), { seconds: 1, deadline: 300 }),
  light('shell', 'shell files', ['bash', 'test/shell/run.sh'], { seconds: 12, deadline: 300 }),
  light('ruby', 'the Vagrantfile and what it asks', ['bash', 'test/ruby/run.sh'], {
    reading: 'plain',
    seconds: 5,
    deadline: 300,
  }),
  heavy('unit', 'unit and property tests', ['node', 'test/unit.mjs', '--tap'], { seconds: 390, deadline: 1800 }),
  light(
    'python',
    'app, checks, disks',
    [
      'bash',
      'test/python/run.sh',
      'test/provision',
      'test/packer',
      'test/disk',
      'suite/image',
      'packer/chroot',
      'disk',
    ],
    { reading: 'pytest', seconds: 60, deadline: 900 },
  ),
  light('agent', 'lab Agent', ['bash', 'lab/agent/test.sh'], { reading: 'pytest', seconds: 30, deadline: 1200 }),
  bakes('machine', 'kills, locks, full disks', ava('test/machine/ava'), {
    seconds: 900,
    deadline: 3000,
  }),
  bake('bake', 'the lab box from an empty store', verb('bake', 'lab', '--no-verify'), {
    part: 'both',
    seconds: 140,
    deadline: 1800,
  }),
  contains('container', 'the published image in a container', verb('verify', 'lab', '--machine', 'container'), {
    part: 'quick',
    needs: ['bake'],
    seconds: 10,
    deadline: 300,
  }),
  boots('verify', 'the published image over SSH', verb('verify', 'lab'), {
    needs: ['bake'],
    seconds: 60,
    deadline: 1200,
  }),
  contains('wire', 'what the Agent sends, at an intake', verb('verify', 'lab', '--wire', ...inContainer), {
    needs: ['bake'],
    seconds: 25,
    deadline: 1200,
  }),
  boots('up', 'a machine of one’s own', ava('test/up/ava'), {
    reading: 'tap',
    needs: ['bake'],
    seconds: 130,
    deadline: 1200,
  }),
  vagrant('vagrant', 'vagrant up: the baked box, a stock box; the catalogue', ava('test/vagrant/ava'), {
    needs: ['bake'],
    seconds: 1300,
    deadline: 6600,
  }),
  contains('image', 'no secret, no identity, no trace in the image', verb('image', 'lab', ...inContainer), {
    needs: ['bake'],
    seconds: 50,
    deadline: 1800,
  }),
  contains('contract', 'the Agent’s contract', verb('contract', 'lab', ...inContainer), {
    needs: ['bake'],
    seconds: 25,
    deadline: 1800,
  }),
  contains('controls', 'every check seen to turn red', verb('controls', 'lab', ...inContainer), {
    needs: ['bake'],
    seconds: 260,
    deadline: 3000,
  }),
  bake('postgres', 'the lab box with PostgreSQL', verb('bake', 'lab-postgres', '--no-verify'), {
    needs: ['bake'],
    seconds: 40,
    deadline: 1200,
  }),
  // Sees the box green before it breaks it, so that there is no stage of its own for that.
  contains(
    'postgres-controls',
    'its database broken, one way at a time',
    verb('controls', 'lab-postgres', ...inContainer, ...flags('--only', ofEngine)),
    {
      needs: ['postgres'],
      seconds: 100,
      deadline: 2400,
    },
  ),
  light('postgres-image', 'no secret and no trace on its disk', verb('image', 'lab-postgres', '--disk-only'), {
    reading: 'plain',
    part: 'full',
    needs: ['postgres'],
    seconds: 45,
    deadline: 1800,
  }),
  // The first one compiles what stands in for the server: minutes, of which the store keeps the result.
  bake('mongodb', 'the lab box with MongoDB', verb('bake', 'lab-mongodb', '--no-verify'), {
    needs: ['bake'],
    seconds: 240,
    deadline: 2400,
  }),
  contains(
    'mongodb-controls',
    'its database broken, one way at a time',
    verb('controls', 'lab-mongodb', ...inContainer, ...flags('--only', ofPublisher)),
    {
      needs: ['mongodb'],
      seconds: 100,
      deadline: 2400,
    },
  ),
  light('mongodb-image', 'no secret and no trace on its disk', verb('image', 'lab-mongodb', '--disk-only'), {
    reading: 'plain',
    part: 'full',
    needs: ['mongodb'],
    seconds: 45,
    deadline: 1800,
  }),
  contains('engine', 'engines of the test’s own, Database Monitoring, options', ava('test/engine/ava'), {
    reading: 'tap',
    // What stands in for MongoDB's server is compiled there, once.
    needs: ['bake', 'mongodb'],
    seconds: 180,
    deadline: 2400,
  }),
  contains('app', 'the app behind nginx and uWSGI, and in the middleware', ava('test/app/ava'), {
    reading: 'tap',
    needs: ['bake'],
    seconds: 150,
    deadline: 2400,
  }),
  bake('twin', 'ubuntu’s twin, from a cloud image in a signed list', verb('bake', 'lab-cloud', '--no-verify'), {
    seconds: 130,
    deadline: 2400,
  }),
  boots('twin-ssh', 'the twin’s image over SSH, and its kernel broken', verb('controls', 'lab-cloud', ...ofKernel), {
    needs: ['twin'],
    seconds: 210,
    deadline: 1800,
  }),
  boots('twin-init', 'what a cloud hands over by user-data', ava('test/cloud/ava'), {
    reading: 'tap',
    needs: ['twin'],
    seconds: 270,
    deadline: 1800,
  }),
  light('twin-image', 'no secret and no trace on the twin’s disk', verb('image', 'lab-cloud', '--disk-only'), {
    reading: 'plain',
    part: 'full',
    needs: ['twin'],
    seconds: 90,
    deadline: 1800,
  }),
  vagrantBoots('twin-vagrant', 'the twin’s Vagrant box, without a cloud', ava('test/vagrant/twin'), {
    needs: ['twin'],
    seconds: 160,
    deadline: 1800,
  }),
  contains(
    'sabotage',
    'the twin broken on purpose, one way at a time',
    verb('controls', 'lab-cloud', ...inContainer, ...flags('--only', [...onTwin, ...onBoth])),
    { needs: ['twin'], seconds: 135, deadline: 2400 },
  ),
]
