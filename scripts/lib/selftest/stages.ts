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

/** Everything that proves the project, cheapest first. */
export const stages: readonly Stage[] = [
  {
    name: 'lint',
    title: 'format and lint',
    command: ['npx', 'biome', 'check', '--error-on-warnings', '.'],
    reading: 'status',
    needs: [],
    deadline: 120,
  },
  { name: 'types', title: 'types', command: ['npx', 'tsc'], reading: 'status', needs: [], deadline: 120 },
  {
    name: 'schema',
    title: 'JSON Schema of the box file is fresh',
    command: verb('schema', '--check'),
    reading: 'status',
    needs: [],
    deadline: 60,
  },
  {
    name: 'shell',
    title: 'shell files',
    command: ['bash', 'test/shell/run.sh'],
    reading: 'status',
    needs: [],
    deadline: 120,
  },
  {
    name: 'unit',
    title: 'unit and property tests',
    command: ['npx', 'ava', '--tap'],
    reading: 'tap',
    needs: [],
    deadline: 600,
  },
  {
    name: 'python',
    title: 'app and checks',
    command: ['bash', 'test/python/run.sh'],
    reading: 'pytest',
    needs: [],
    deadline: 300,
  },
  {
    name: 'agent',
    title: 'lab Agent',
    command: ['bash', 'lab/agent/test.sh'],
    reading: 'pytest',
    needs: [],
    deadline: 600,
  },
  {
    name: 'bake',
    title: 'the lab box from an empty store',
    command: verb('bake', 'lab', '--no-verify'),
    reading: 'status',
    needs: [],
    deadline: 900,
  },
  {
    name: 'verify',
    title: 'the published image over SSH',
    command: verb('verify', 'lab'),
    reading: 'plain',
    needs: ['bake'],
    deadline: 900,
  },
  {
    name: 'machine',
    title: 'kills, locks, full disks',
    command: ['npx', 'ava', '--config', 'test/machine/ava.config.js', '--tap'],
    reading: 'tap',
    needs: ['bake'],
    deadline: 1200,
  },
  {
    name: 'controls',
    title: 'every check seen to turn red',
    command: verb('controls', 'lab'),
    reading: 'plain',
    needs: ['verify'],
    deadline: 1800,
  },
]
