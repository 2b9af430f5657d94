import type { Reading } from './count.ts'

/** One command of `npm test`. */
export interface Stage {
  readonly name: string
  readonly title: string
  readonly command: readonly [string, ...string[]]
  readonly reading: Reading
  /** Stages that must have passed: without an image there is nothing to verify. */
  readonly needs: readonly string[]
  /** Seconds after which it is ended (fault 36). */
  readonly deadline: number
}

const verb = (name: string, ...words: string[]): [string, ...string[]] => ['node', 'scripts/_run.mjs', name, ...words]

const stage = (
  name: string,
  title: string,
  command: Stage['command'],
  reading: Reading,
  deadline: number,
  needs: readonly string[] = [],
): Stage => ({ name, title, command, reading, deadline, needs })

/**
 * Controls whose ground is the image and not what a layer brought: they run on the twin, whose image is the harder one, and not on the lab box
 * as well, which would cost minutes more. `npm run test:controls -- BOX` runs all of them.
 */
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

/** MySQL's ways to fail, on the twin besides: the lab box has MariaDB. */
const onBoth = [
  'database-log-unreadable-later',
  'database-password-wrong',
  'grant-performance-schema-missing',
  'grant-process-missing',
]

const flags = (flag: string, names: readonly string[]): string[] => names.flatMap((name) => [flag, name])

/** Everything that proves the project, cheapest first. */
export const stages: readonly Stage[] = [
  stage('lint', 'format and lint', ['npx', 'biome', 'check', '--error-on-warnings', '.'], 'status', 120),
  stage('types', 'types', ['npx', 'tsc'], 'status', 120),
  stage('schema', 'JSON Schema of the box file is fresh', verb('schema', '--check'), 'status', 60),
  stage('shell', 'shell files', ['bash', 'test/shell/run.sh'], 'status', 120),
  stage('ruby', 'the Vagrantfile and what it asks', ['bash', 'test/ruby/run.sh'], 'plain', 120),
  stage('unit', 'unit and property tests', ['npx', 'ava', '--tap'], 'tap', 900),
  stage(
    'python',
    'app, checks, disks',
    ['bash', 'test/python/run.sh', 'test/provision', 'test/packer', 'suite/image', 'packer/chroot'],
    'pytest',
    300,
  ),
  stage('agent', 'lab Agent', ['bash', 'lab/agent/test.sh'], 'pytest', 600),
  stage(
    'machine',
    'kills, locks, full disks',
    ['npx', 'ava', '--config', 'test/machine/ava.config.js', '--tap'],
    'tap',
    1500,
  ),
  stage('bake', 'the lab box from an empty store', verb('bake', 'lab', '--no-verify'), 'status', 900),
  stage('verify', 'the published image over SSH', verb('verify', 'lab'), 'plain', 600, ['bake']),
  stage('wire', 'what the Agent sends, at an intake', verb('verify', 'lab', '--wire'), 'plain', 600, ['bake']),
  stage('up', 'a machine of one’s own', ['npx', 'ava', '--config', 'test/up/ava.config.js', '--tap'], 'tap', 600, [
    'bake',
  ]),
  stage(
    'vagrant',
    'vagrant up: the baked box, a stock box, a VirtualBox box',
    ['npx', 'ava', '--config', 'test/vagrant/ava.config.js', '--tap'],
    'tap',
    2400,
    ['bake'],
  ),
  stage('image', 'no secret, no identity, no trace in the image', verb('image', 'lab'), 'plain', 900, ['bake']),
  stage('contract', 'the Agent’s contract', verb('contract', 'lab'), 'plain', 900, ['bake']),
  stage(
    'controls',
    'every check seen to turn red',
    verb('controls', 'lab', ...flags('--except', onTwin)),
    'plain',
    1500,
    ['verify'],
  ),
  stage(
    'twin',
    'ubuntu’s twin, from a cloud image in a signed list',
    verb('bake', 'lab-cloud', '--no-verify'),
    'status',
    1500,
  ),
  stage('twin-ssh', 'the twin’s image over SSH', verb('verify', 'lab-cloud'), 'plain', 900, ['twin']),
  stage(
    'twin-init',
    'what a cloud hands over by user-data',
    ['npx', 'ava', '--config', 'test/cloud/ava.config.js', '--tap'],
    'tap',
    900,
    ['twin'],
  ),
  stage(
    'twin-image',
    'no secret and no trace on the twin’s disk',
    verb('image', 'lab-cloud', '--disk-only'),
    'plain',
    1200,
    ['twin'],
  ),
  stage(
    'twin-vagrant',
    'the twin’s Vagrant box, without a cloud',
    ['npx', 'ava', '--config', 'test/vagrant/twin.config.js', '--tap'],
    'tap',
    900,
    ['twin'],
  ),
  stage(
    'sabotage',
    'the twin broken on purpose, one way at a time',
    verb('controls', 'lab-cloud', ...flags('--only', [...onTwin, ...onBoth])),
    'plain',
    1200,
    ['twin-ssh'],
  ),
]
