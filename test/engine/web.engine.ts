import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'

const box = 'test/engine/web.yaml'

const verb = (t: ExecutionContext, name: string, ...words: string[]): string => {
  const { status, stdout, stderr } = spawnSync('node', ['scripts/_run.mjs', name, box, ...words], {
    encoding: 'utf8',
    timeout: 800_000,
  })
  t.is(status, 0, `${stdout}\n${stderr}`.slice(-4000))
  return stdout
}

test.serial('a box with a layer of its own bakes', (t) => {
  t.regex(verb(t, 'bake', '--no-verify'), /out\/web\/web\.qcow2/)
})

test.serial('its assertions, those of the box file, of the layer and of its goss.yaml, hold', (t) => {
  const { checks } = JSON.parse(verb(t, 'verify', '--machine', 'container', '--json')) as {
    checks: { id: string; status: string }[]
  }
  const own = checks.filter(({ id }) => id.startsWith('expect.'))
  t.is(own.length, 19)
  t.deepEqual(
    own.filter(({ status }) => status !== 'passed').map(({ id, status }) => [id, status]),
    [['expect.goss', 'not judged']],
  )
})

test.serial('one of them runs alone', (t) => {
  const { planned } = JSON.parse(verb(t, 'verify', '--machine', 'container', '--only', 'expect.site', '--json')) as {
    planned: number
  }
  t.is(planned, 1)
})

test.serial('each kind of assertion turns red, and only it', (t) => {
  const own = readdirSync('test/engine/layers/web/controls').map((name) => name.replace(/\.sh$/, ''))
  const only = own.flatMap((name) => ['--only', name])
  t.regex(verb(t, 'controls', '--machine', 'container', ...only), new RegExp(`${own.length} passed, 0 failed`))
})

test.serial('its accounts belong in its image', (t) => {
  t.regex(verb(t, 'image', '--disk-only'), /(\d+) passed/)
})
