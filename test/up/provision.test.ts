import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'

// The layers' second time on a running machine, at native speed. That the script makes a box out of a stock machine is Vagrant's test
// (test/vagrant/stock.vagrant.ts).

// A store of its own for the container: other stages start some at the same time.
const cache = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
const listFiles = readFileSync(new URL('_files.py', import.meta.url))

const verb = (name: string, words: readonly string[], input?: Buffer, environment: NodeJS.ProcessEnv = process.env) =>
  spawnSync('node', ['scripts/_run.mjs', name, ...words], {
    encoding: 'utf8',
    timeout: 280_000,
    maxBuffer: 1 << 26,
    env: environment,
    ...(input === undefined ? {} : { input }),
  })

const own = { ...process.env, BOXHOUND_CACHE: cache }
const inGuest = (command: string, input = Buffer.alloc(0)) => verb('ssh', ['lab', '--', command], input, own)

/** Every file that a layer could have brought or changed, a line each. */
const allFiles = (): string[] => inGuest('python3 -', listFiles).stdout.split('\n')

test.serial.before('a container of the published image, and the script', (t) => {
  const made = verb('provision', ['lab', '--json'])
  t.is(made.status, 0, made.stderr)
  const started = verb('up', ['lab', '--machine', 'container', '--json'], undefined, own)
  t.is(started.status, 0, started.stderr)
  const copied = inGuest('cat >/run/provision.sh', readFileSync(JSON.parse(made.stdout).path))
  t.is(copied.status, 0, copied.stderr)
  const first = inGuest('bash /run/provision.sh 2>&1')
  t.is(first.status, 0, first.stdout)
})

test.serial.after.always('nothing stays up', () => {
  verb('down', ['lab'], undefined, own)
  rmSync(cache, { recursive: true, force: true })
})

test.serial('provision again finds each layer and changes nothing', (t) => {
  const before = allFiles()
  t.true(before.length > 10_000)
  const { status, stdout } = inGuest('bash /run/provision.sh 2>&1')
  t.is(status, 0, stdout)
  t.regex(stdout, /layer checks is there\n[\s\S]*nothing to do/)
  t.deepEqual(allFiles(), before)
})

test.serial('each layer applied once more leaves every file as it was, and the Agent runs', (t) => {
  const before = allFiles()
  const { status, stdout } = inGuest('BOXHOUND_AGAIN=yes bash /run/provision.sh 2>&1')
  t.is(status, 0, stdout)
  for (const layer of ['base', 'agent', 'database', 'app', 'checks'])
    t.regex(stdout, new RegExp(`boxhound: layer ${layer} applied in \\d+ s`))
  t.deepEqual(allFiles(), before)
  t.is(inGuest('systemctl is-active datadog-agent mariadb trial-app').stdout, 'active\nactive\nactive\n')
})
