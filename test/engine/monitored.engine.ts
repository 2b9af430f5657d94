import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import test from 'ava'

const boxes = readdirSync('test/engine').filter((name) => /^monitored-.*\.yaml$/.test(name))

const verb = (name: string, ...words: string[]) =>
  spawnSync('node', ['scripts/_run.mjs', name, ...words], { encoding: 'utf8', timeout: 800_000 })

for (const name of boxes) {
  const box = `test/engine/${name}`

  test.serial(`${name}: another’s statement is explained through the function, and not without it`, (t) => {
    const baked = verb('bake', box, '--no-verify')
    t.is(baked.status, 0, baked.stderr.slice(-2000))
    const verified = verb('verify', box, '--machine', 'container', '--json')
    t.is(verified.status, 0, `${verified.stdout}\n${verified.stderr}`.slice(-4000))
  })

  test.serial(`${name}: without the function its account’s check turns red`, (t) => {
    const controls = verb('controls', box, '--machine', 'container', '--only', 'explain-procedure-gone')
    t.is(controls.status, 0, `${controls.stdout}\n${controls.stderr}`.slice(-4000))
  })
}
