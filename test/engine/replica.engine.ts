import { spawnSync } from 'node:child_process'
import test from 'ava'

const box = 'test/engine/replica-mongodb.yaml'

const verb = (name: string, ...words: string[]) =>
  spawnSync('node', ['scripts/_run.mjs', name, box, ...words], { encoding: 'utf8', timeout: 800_000 })

test.serial('a box whose option asks for a replica set bakes', (t) => {
  const baked = verb('bake', '--no-verify')
  t.is(baked.status, 0, baked.stderr.slice(-2000))
})

// One of the engine's inspections compares the set's name in the configuration with what the server answers.
test.serial('its server is the primary of that set, and its check works', (t) => {
  const verified = verb('verify', '--machine', 'container', '--json')
  t.is(verified.status, 0, `${verified.stdout}\n${verified.stderr}`.slice(-4000))
  const { checks } = JSON.parse(verified.stdout) as { checks: { id: string; status: string }[] }
  for (const id of ['check.mongo', 'database.grants', 'first-boot'])
    t.is(checks.find((one) => one.id === id)?.status, 'passed', id)
})
