// All stages, with command, dependencies and resources.

import type { Reading } from './count.ts'

/** The resources that a stage uses while it runs. */
export interface Uses {
  /** Processors that it keeps busy on average; below 1 it leaves room for other stages. */
  readonly processors: number
  /** Peak in MB, including machines. */
  readonly memory: number
  /**
   * What only one stage may use at a time. `vm`: a machine under QEMU, since emulated processors slow each other down.
   * `store`: the layer store while a bake fills it from empty, since two bakes would each build the lab's packages and
   * signing key. `libvirt`: its daemon.
   */
  readonly alone: readonly ('vm' | 'store' | 'libvirt')[]
}

/** One command of `npm test`. */
export interface Stage {
  readonly name: string
  readonly title: string
  readonly command: readonly [string, ...string[]]
  readonly reading: Reading
  /** Stages that must have passed before: without an image there is nothing to verify. */
  readonly needs: readonly string[]
  readonly uses: Uses
  /** Approximate duration on two processors without KVM; used only to decide what starts first. */
  readonly seconds: number
  /** Seconds after which it is ended; many times its duration, since other stages run beside it. */
  readonly deadline: number
  /** Whether `npm test`, `npm test -- --quick` or both run it. */
  readonly part: 'full' | 'quick' | 'both'
}

const verb = (name: string, ...words: string[]): [string, ...string[]] => ['node', 'scripts/_run.mjs', name, ...words]

const ava = (config: string): [string, ...string[]] => ['npx', 'ava', '--config', `${config}.config.js`, '--tap']

/** Explicit, because a stage that silently fell back to QEMU would take many times as long. */
const inContainer = ['--machine', 'container']

/** Controls that need a machine with its own kernel; they begin with a full verification that must be green. */
const ofKernel = ['--machine', 'qemu', '--only', 'kernel-modules-gone']

/** Controls that depend on the base image rather than on a layer; they also run on the twin, whose image is more complex. */
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

/** Controls that apply to the twin's database engine as well as to the lab box's. */
const onBoth = [
  'database-log-unreadable-later',
  'database-password-wrong',
  'grant-performance-schema-missing',
  'grant-process-missing',
]

/** Controls from PostgreSQL's folder; all others run on the lab box. */
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

/** Controls of the Agent's container, and those that work differently in it; the box is verified first. */
const ofContainer = [
  'access-from-anywhere',
  'access-from-bridge',
  'agent-crashed',
  'agent-key-shown',
  'agent-mount-lost',
  'agent-other-image',
  'containers-not-seen',
  'traces-not-received',
]

/** Controls from MongoDB's folder. */
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

/** Boots nothing; uses one processor. */
const light = define({ processors: 0.8, memory: 700, alone: [] }, { reading: 'status', part: 'both' })
/** Bakes tiny boxes one after another, mostly waiting for disks and for killed processes. */
const bakes = define({ processors: 0.8, memory: 1500, alone: [] }, { reading: 'tap', part: 'full' })
/** Boots nothing but is CPU-heavy; it may share the machine with others, since nothing in it is timed. */
const heavy = define({ processors: 0.8, memory: 1500, alone: [] }, { reading: 'tap', part: 'both' })
/** Fills the layer store. */
const bake = define({ processors: 1, memory: 2000, alone: ['store'] }, { reading: 'status', part: 'full' })
/** Boots machines under QEMU, one after another. */
const boots = define({ processors: 1, memory: 3000, alone: ['vm'] }, { reading: 'plain', part: 'full' })
/**
 * Boots machines through Vagrant. It may run beside another QEMU machine: most of the time its guest installs packages,
 * which uses one processor, and waiting for all other machines left a processor idle for a quarter of an hour.
 */
const vagrant = define({ processors: 1, memory: 3500, alone: ['libvirt'] }, { reading: 'tap', part: 'full' })
/** Packages a Vagrant box and boots it under QEMU, without `vagrant up`. */
const vagrantBoots = define({ processors: 1, memory: 3500, alone: ['vm', 'libvirt'] }, { reading: 'tap', part: 'full' })
/** Starts containers. */
const contains = define({ processors: 0.8, memory: 2000, alone: [] }, { reading: 'plain', part: 'full' })

/** All stages of `npm test`. A stage comes after those that it needs; the schedule decides when each one runs. */
export const stages: readonly Stage[] = [
  light('lint', 'format and lint', ['npx', 'biome', 'check', '--error-on-warnings', '.'], {
    seconds: 4,
    deadline: 300,
  }),
  light('types', 'types', ['npx', 'tsc'], { seconds: 6, deadline: 300 }),
  light('schema', 'JSON Schema and reference of the box file are fresh', verb('schema', '--check'), {
    seconds: 1,
    deadline: 300,
  }),
  light('shell', 'shell files', ['bash', 'test/shell/run.sh'], { seconds: 12, deadline: 300 }),
  light('ruby', 'the Vagrantfile and the commands it runs', ['bash', 'test/ruby/run.sh'], {
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
      'starter',
    ],
    { reading: 'pytest', seconds: 60, deadline: 900 },
  ),
  light('agent', 'lab Agent', ['bash', 'lab/agent/test.sh'], { reading: 'pytest', seconds: 30, deadline: 1200 }),
  light('relay', 'the lab’s MongoDB, in front of a fake FerretDB', ['bash', 'lab/mongodb/test.sh'], {
    reading: 'pytest',
    seconds: 40,
    deadline: 1200,
  }),
  bakes('machine', 'killed bakes, locks, full disks', ava('test/machine/ava'), {
    seconds: 740,
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
  contains('wire', 'what the Agent sends to an intake', verb('verify', 'lab', '--wire', ...inContainer), {
    needs: ['bake'],
    seconds: 25,
    deadline: 1200,
  }),
  contains(
    'traffic',
    'the lab box under load, and what its Agent sends',
    verb('traffic', 'lab', '--for', '10s', '--rate', '20', '--wire', ...inContainer),
    { needs: ['bake'], seconds: 40, deadline: 1200 },
  ),
  boots('up', 'npm run up, down and provision; a host judged without its box', ava('test/up/ava'), {
    reading: 'tap',
    needs: ['bake'],
    seconds: 170,
    deadline: 1200,
  }),
  vagrant('vagrant', 'vagrant up: the baked box, a stock box, the catalogue', ava('test/vagrant/ava'), {
    needs: ['bake'],
    seconds: 1150,
    deadline: 6600,
  }),
  contains('image', 'no secrets, identities or traces in the image', verb('image', 'lab', ...inContainer), {
    needs: ['bake'],
    seconds: 50,
    deadline: 1800,
  }),
  contains('contract', 'the Agent’s contract', verb('contract', 'lab', ...inContainer), {
    needs: ['bake'],
    seconds: 25,
    deadline: 1800,
  }),
  contains('controls', 'every check turns red when its subject is broken', verb('controls', 'lab', ...inContainer), {
    needs: ['bake'],
    seconds: 260,
    deadline: 3000,
  }),
  bake('postgres', 'the lab box with PostgreSQL', verb('bake', 'lab-postgres', '--no-verify'), {
    needs: ['bake'],
    seconds: 40,
    deadline: 1200,
  }),
  // Verifies the box before breaking it, so no separate stage verifies it.
  contains(
    'postgres-controls',
    'its database, broken one way at a time',
    verb('controls', 'lab-postgres', ...inContainer, ...flags('--only', ofEngine)),
    {
      needs: ['postgres'],
      seconds: 100,
      deadline: 2400,
    },
  ),
  light('postgres-image', 'no secrets or traces on its disk', verb('image', 'lab-postgres', '--disk-only'), {
    reading: 'plain',
    part: 'full',
    needs: ['postgres'],
    seconds: 45,
    deadline: 1800,
  }),
  bake('containers', 'the Agent in a container', verb('bake', 'lab-containers', '--no-verify'), {
    needs: ['bake'],
    seconds: 90,
    deadline: 2400,
  }),
  contains(
    'containers-controls',
    'its container, and the database’s door, broken one way at a time',
    verb('controls', 'lab-containers', ...inContainer, ...flags('--only', ofContainer)),
    {
      needs: ['containers'],
      seconds: 100,
      deadline: 2400,
    },
  ),
  light('containers-image', 'no secrets or traces on its disk', verb('image', 'lab-containers', '--disk-only'), {
    reading: 'plain',
    part: 'full',
    needs: ['containers'],
    seconds: 60,
    deadline: 1800,
  }),
  bake('nginx', 'a web server described beside its box file', verb('bake', 'lab-nginx', '--no-verify'), {
    needs: ['bake'],
    seconds: 40,
    deadline: 1200,
  }),
  contains(
    'nginx-controls',
    'its layer, broken in two ways',
    verb('controls', 'lab-nginx', ...inContainer, ...flags('--only', ['nginx-stopped', 'shop-closed'])),
    { needs: ['nginx'], seconds: 60, deadline: 1800 },
  ),
  // The first bake compiles the server's stand-in, which takes minutes; the store keeps the result.
  bake('mongodb', 'the lab box with MongoDB', verb('bake', 'lab-mongodb', '--no-verify'), {
    needs: ['bake'],
    seconds: 150,
    deadline: 2400,
  }),
  contains(
    'mongodb-controls',
    'its database, broken one way at a time',
    verb('controls', 'lab-mongodb', ...inContainer, ...flags('--only', ofPublisher)),
    {
      needs: ['mongodb'],
      seconds: 100,
      deadline: 2400,
    },
  ),
  light('mongodb-image', 'no secrets or traces on its disk', verb('image', 'lab-mongodb', '--disk-only'), {
    reading: 'plain',
    part: 'full',
    needs: ['mongodb'],
    seconds: 45,
    deadline: 1800,
  }),
  contains('engine', 'the tests’ own engines and options, a configured Agent', ava('test/engine/ava'), {
    reading: 'tap',
    // What stands in for MongoDB's server is compiled there, once.
    needs: ['bake', 'mongodb'],
    seconds: 300,
    deadline: 2400,
  }),
  contains('pack', 'the npm package in a repository of its own, on each Node', ava('test/pack/ava'), {
    reading: 'tap',
    needs: ['bake'],
    seconds: 90,
    deadline: 1800,
  }),
  contains('app', 'the app behind nginx and uWSGI, and in the middleware', ava('test/app/ava'), {
    reading: 'tap',
    needs: ['bake'],
    seconds: 150,
    deadline: 2400,
  }),
  bake('twin', 'Ubuntu’s twin, from a cloud image in a signed list', verb('bake', 'lab-cloud', '--no-verify'), {
    seconds: 130,
    deadline: 2400,
  }),
  boots(
    'twin-ssh',
    'the twin’s image over SSH, and with its kernel broken',
    verb('controls', 'lab-cloud', ...ofKernel),
    {
      needs: ['twin'],
      seconds: 210,
      deadline: 1800,
    },
  ),
  boots('twin-init', 'what a cloud passes in user-data', ava('test/cloud/ava'), {
    reading: 'tap',
    needs: ['twin'],
    seconds: 270,
    deadline: 1800,
  }),
  light('twin-image', 'no secrets or traces on the twin’s disk', verb('image', 'lab-cloud', '--disk-only'), {
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
    'the twin, broken one way at a time',
    verb('controls', 'lab-cloud', ...inContainer, ...flags('--only', [...onTwin, ...onBoth])),
    { needs: ['twin'], seconds: 135, deadline: 2400 },
  ),
]
