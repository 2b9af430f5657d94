import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import type { FleetResults } from '../../scripts/lib/hosts/results.ts'

// A store of its own: other stages start containers at the same time.
const cache = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
const out = join(cache, 'out')
const environment = { ...process.env, BOXHOUND_CACHE: cache, DD_API_KEY: '0'.repeat(32) }

const verb = (name: string, ...words: string[]) =>
  spawnSync('node', ['scripts/_run.mjs', name, ...words], { encoding: 'utf8', timeout: 300_000, env: environment })

const inside = (command: string): string => {
  const { status, stdout, stderr } = verb('ssh', 'lab', '--', command)
  if (status !== 0) throw new Error(`${command}: ${stderr}`)
  return stdout
}

let login: { host: string; port: number; user: string; key: string; hostKey: string }

const verify = (...words: string[]): FleetResults => {
  const { host, port, key, hostKey, user } = login
  const place = ['--host', host, '--port', String(port), '--key', key, '--host-key', hostKey]
  const own = words.includes('--user') ? [] : ['--user', user]
  const run = verb('verify', ...place, ...own, '--out', out, '--json', ...words)
  if (run.stdout === '') throw new Error(run.stderr)
  return JSON.parse(run.stdout) as FleetResults
}

const ids = ({ hosts }: FleetResults, wanted: string): string[] =>
  hosts.flatMap(({ checks }) => checks.filter(({ status }) => status === wanted).map(({ id }) => id))

/** Asks until what is red is what is awaited: after a restart the Agent takes some seconds. */
const becomes = async (red: readonly string[]): Promise<string[]> => {
  for (let tries = 0; tries < 30; tries += 1) {
    const results = verify()
    if (JSON.stringify(ids(results, 'failed')) === JSON.stringify(red)) return [...red]
    await sleep(1000)
  }
  return ids(verify(), 'failed')
}

test.serial.before('a keyed machine of the lab box', (t) => {
  const up = verb('up', 'lab', '--machine', 'container', '--json')
  t.is(up.status, 0, up.stderr)
  login = JSON.parse(up.stdout) as typeof login
})

test.serial.after.always('nothing stays up', () => {
  verb('down', 'lab')
  rmSync(cache, { recursive: true, force: true })
})

test.serial('a machine of the lab box is green, without its box file', async (t) => {
  t.deepEqual(await becomes([]), [])
  const results = verify()
  t.deepEqual(
    ids(results, 'not judged').filter((id) => !id.endsWith('.rotation')),
    ['agent.key', 'agent.traces'],
  )
  const passed = ids(results, 'passed')
  for (const id of [
    'host.login',
    'agent.running',
    'agent.tags',
    'check.mysql',
    'check.my_metric.interval',
    'logs.mysql',
  ])
    t.true(passed.includes(id), id)
  t.true(results.hosts[0]?.labAgent)
  t.regex(readFileSync(join(out, 'report.html'), 'utf8'), /The Agent tails the logs of mysql/)
})

test.serial('active: checks run, logs rotate, a trace is taken', (t) => {
  const results = verify('--active')
  t.deepEqual(ids(results, 'failed'), [])
  t.true(ids(results, 'passed').includes('agent.traces'))
  t.true(ids(results, 'passed').includes('logs.mysql.rotation'))
})

// Restarts in a row would run into the units' limit.
const restart = "systemctl reset-failed 'datadog-agent*'; systemctl restart datadog-agent datadog-agent-trace"
const check = '/etc/datadog-agent/checks.d/my_metric.py'
const sabotages: readonly [title: string, id: string, breaks: string, mends: string][] = [
  [
    'a key that everyone can read',
    'agent.secrets',
    'chmod 644 /etc/datadog-agent/environment',
    'chmod 640 /etc/datadog-agent/environment',
  ],
  [
    'a check that raises',
    'check.my_metric',
    `cp -p ${check} /root/kept && sed -i 's/def check(self.*/&\\n        raise ValueError("planted")/' ${check} && ${restart}`,
    `cp -p /root/kept ${check} && ${restart}`,
  ],
  [
    'a log that dd-agent can’t read',
    'logs.trial_app',
    'chmod 600 /var/log/trial-app/app.log',
    'chmod 640 /var/log/trial-app/app.log',
  ],
  ['a stopped Agent', 'agent.running', 'systemctl stop datadog-agent', 'systemctl start datadog-agent'],
  [
    'an Agent that will not start again',
    'agent.units',
    'systemctl disable datadog-agent',
    'systemctl enable datadog-agent',
  ],
  [
    'tags that were edited without a restart',
    'agent.tags',
    "sed -i 's/region:local/region:moon/' /etc/datadog-agent/datadog.yaml",
    "sed -i 's/region:moon/region:local/' /etc/datadog-agent/datadog.yaml",
  ],
  [
    'the host name of an image',
    'agent.hostname',
    `cp -p /etc/datadog-agent/datadog.yaml /root/kept && echo 'hostname: golden-image' >>/etc/datadog-agent/datadog.yaml && ${restart}`,
    `cp -p /root/kept /etc/datadog-agent/datadog.yaml && ${restart}`,
  ],
]

for (const [title, id, breaks, mends] of sabotages)
  test.serial(`${title} turns ${id} red, and nothing else`, async (t) => {
    inside(breaks)
    t.teardown(() => inside(mends))
    t.deepEqual(await becomes([id]), [id])
  })

test.serial('a user without sudo sees less: nothing is red, and the reason is told', async (t) => {
  t.deepEqual(await becomes([]), [])
  inside(
    'useradd -m ops && install -d -o ops -m 700 /home/ops/.ssh && install -o ops -m 600 /root/.ssh/authorized_keys /home/ops/.ssh/authorized_keys && usermod -p "*" ops',
  )
  const results = verify('--user', 'ops')
  t.deepEqual(ids(results, 'failed'), [])
  t.true(ids(results, 'not judged').includes('agent.running'))
  t.regex(JSON.stringify(results), /ops is neither root nor allowed to run sudo -n/)
  inside("echo 'ops ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/ops && chmod 440 /etc/sudoers.d/ops")
  const all = verify('--user', 'ops')
  t.deepEqual(ids(all, 'failed'), [])
  t.deepEqual(ids(all, 'passed'), ids(verify(), 'passed'), 'with sudo -n it sees what root sees')
})
