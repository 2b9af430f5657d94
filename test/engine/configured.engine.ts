import { spawnSync } from 'node:child_process'
import test from 'ava'

const box = 'test/engine/configured.yaml'

const verb = (name: string, ...words: string[]) =>
  spawnSync('node', ['scripts/_run.mjs', name, box, ...words], { encoding: 'utf8', timeout: 800_000 })

const own = ['agent.config', 'agent.secrets', 'agent.groups', 'agent.after']

const controls = [
  'agent-config-lost',
  'agent-groups-lost',
  'agent-order-lost',
  'agent-secret-changed',
  'agent-secret-program-open',
]

test.serial('a box that configures its Agent has the settings, the key of its store, the groups and the order', (t) => {
  const baked = verb('bake', '--no-verify')
  t.is(baked.status, 0, baked.stderr.slice(-2000))
  const { stdout, stderr } = verb('verify', '--machine', 'container', '--json')
  const { checks } = JSON.parse(stdout || '{"checks":[]}') as { checks: { id: string; status: string }[] }
  for (const id of own) t.is(checks.find((one) => one.id === id)?.status, 'passed', `${id}\n${stdout}${stderr}`)
})

test.serial('each of these turns red when its subject is broken', (t) => {
  const { status, stdout, stderr } = verb(
    'controls',
    '--machine',
    'container',
    ...controls.flatMap((name) => ['--only', name]),
  )
  t.is(status, 0, `${stdout}\n${stderr}`.slice(-4000))
})
