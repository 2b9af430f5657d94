import { spawnSync } from 'node:child_process'
import test, { type ExecutionContext } from 'ava'

const box = 'test/engine/integrations.yaml'

const verb = (t: ExecutionContext, name: string, ...words: string[]): string => {
  const { status, stdout, stderr } = spawnSync('node', ['scripts/_run.mjs', name, box, ...words], {
    encoding: 'utf8',
    timeout: 800_000,
  })
  t.is(status, 0, `${stdout}\n${stderr}`.slice(-4000))
  return stdout
}

test.serial('a box with integrations and log sources of its own bakes', (t) => {
  t.regex(verb(t, 'bake', '--no-verify'), /out\/integrations\/integrations\.qcow2/)
})

test.serial(
  'each integration works at its interval, the one that is off does not run, each log source is proven',
  (t) => {
    const { checks } = JSON.parse(verb(t, 'verify', '--machine', 'container', '--json')) as {
      checks: { id: string; status: string }[]
    }
    const ids = [
      ...['nginx', 'http_check', 'disk'].flatMap((name) => [`check.${name}`, `check.${name}.interval`]),
      'check.uptime.off',
      ...['web', 'system', 'units', 'lines', 'packets'].map((name) => `logs.${name}`),
    ]
    for (const id of ids) t.is(checks.find((one) => one.id === id)?.status, 'passed', id)
  },
)

const controls = [
  'nginx-stopped',
  'integration-missing-http_check',
  'integration-missing-disk',
  'default-check-on-uptime',
  'check-interval-changed-http_check',
  'log-source-missing-lines',
  'log-file-unreadable-web',
  'journal-without-group',
]

test.serial('controls turn exactly their ids red', (t) => {
  const only = controls.flatMap((name) => ['--only', name])
  t.regex(verb(t, 'controls', '--machine', 'container', ...only), new RegExp(`${controls.length} passed, 0 failed`))
})

test.serial('nothing of one instance is on its disk', (t) => {
  t.regex(verb(t, 'image', '--disk-only'), /(\d+) passed/)
})
