// A stock machine by Vagrant, from a user's own folder. Its box has no database and no app, whose packages take minutes on an emulated
// processor; what all layers do on a stock machine is shown natively (test/up/provision.test.ts).

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { overlayPath } from '../../scripts/lib/cache/store.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { keyInGuest, openWorld, root, type World } from './_world.ts'

const box = `box: small
version: 1.0.0
base: { lab: trixie }
agent: { version: 7.83.0+lab, repository: lab, tags: [env:trial], logs: true }
checks: { my_metric: { interval: 45 } }
`

/** A folder as `boxhound init` makes it, with the checkout in the place of the package. */
const userFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-user-'))
  mkdirSync(join(folder, 'boxes'))
  writeFileSync(join(folder, 'boxes/small.yaml'), box)
  writeFileSync(
    join(folder, 'Vagrantfile'),
    `ENV['BOXHOUND_ROOT'] ||= __dir__\nload ${JSON.stringify(join(root, 'Vagrantfile'))}\n`,
  )
  return folder
}

const folder = userFolder()
const project = projectAt(folder, process.env, root)
const stock = { BOXHOUND_BASE: 'boxhound-test/stock' }
let world: World

test.serial.before('libvirt, and a stock box out of the lab’s base image', async (t) => {
  world = await openWorld(folder)
  const rendered = await renderBox(await loadBox('small', project), project)
  const plan = await planBox(rendered, { now: Date.now() }, project)
  const file = join(world.folder, 'stock.box')
  const made = spawnSync('bash', ['test/vagrant/stock-box.sh', overlayPath(plan.layers[0]?.id ?? '', project), file], {
    encoding: 'utf8',
  })
  t.is(made.status, 0, made.stderr)
  t.is((await world.vagrant(['box', 'add', '--name', stock.BOXHOUND_BASE, file])).code, 0)
})

test.serial.after.always('nothing stays', async () => {
  await world?.close()
  rmSync(folder, { recursive: true, force: true })
})

test.serial(
  'a stock box becomes the box by the very layers of its box file; without a key it runs keyless, and the suite is green on it',
  async (t) => {
    const { code, output } = await world.vagrant(['up'], stock)
    t.is(code, 0, output.slice(-3000))
    for (const layer of ['base', 'agent', 'checks'])
      t.regex(output, new RegExp(`boxhound: layer ${layer} applied in \\d+ s`))
    t.is(await keyInGuest(world, 'small-stock', stock), 'none')
    const verified = await world.verb(['verify', 'small', '--vagrant'], stock)
    t.is(verified.code, 0, verified.output)
    t.regex(verified.output, /\n12 passed, 0 failed\n/)
  },
)

test.serial('provision again finds each layer', async (t) => {
  const again = await world.vagrant(['provision'], stock)
  t.is(again.code, 0, again.output)
  t.regex(again.output, /nothing to do/)
  t.is((await world.vagrant(['destroy', '--force'], stock)).code, 0)
})
