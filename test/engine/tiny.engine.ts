import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'

const box = 'test/engine/tiny.yaml'

const verb = (t: ExecutionContext, name: string, ...words: string[]): string => {
  const { status, stdout, stderr } = spawnSync('node', ['scripts/_run.mjs', name, box, ...words], {
    encoding: 'utf8',
    timeout: 800_000,
  })
  t.is(status, 0, `${stdout}\n${stderr}`.slice(-4000))
  return stdout
}

test.serial('a box whose engine is a folder beside it bakes', (t) => {
  t.regex(verb(t, 'bake', '--no-verify'), /out\/tiny\/tiny\.qcow2/)
})

test.serial(
  'it verifies like any other: its database runs, its account’s rights are judged, its logs are read',
  (t) => {
    const { checks } = JSON.parse(verb(t, 'verify', '--machine', 'container', '--json')) as {
      checks: { id: string; status: string }[]
    }
    for (const id of ['check.tiny', 'check.tiny.interval', 'database.running', 'database.grants', 'database.logs'])
      t.is(checks.find((one) => one.id === id)?.status, 'passed', id)
  },
)

test.serial('its own controls turn exactly its own checks red', (t) => {
  const own = readdirSync('test/engine/databases/tiny/controls').map((name) => name.replace(/\.sh$/, ''))
  const only = [...own, 'check-interval-changed-tiny'].flatMap((name) => ['--only', name])
  t.regex(verb(t, 'controls', '--machine', 'container', ...only), new RegExp(`${own.length + 1} passed, 0 failed`))
})

test.serial('nothing of one instance is on its disk', (t) => {
  t.regex(verb(t, 'image', '--disk-only'), /(\d+) passed/)
})
