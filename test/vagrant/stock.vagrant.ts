// A stock machine by Vagrant. What the layers do when they are applied again is shown natively (test/up/provision.test.ts).

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'ava'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { overlayPath } from '../../scripts/lib/cache/store.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { keyInGuest, openWorld, project, type World } from './_world.ts'

/** No key: the trace-agent ends, and traces are not judged. */
const stock = { BOXHOUND_BASE: 'boxhound-test/stock' }
let world: World

test.serial.before('libvirt, and a stock box out of the lab’s base image', async (t) => {
  world = await openWorld()
  const box = await loadBox('lab', project)
  const plan = await planBox(await renderBox(box, project), { now: Date.now() }, project)
  const file = join(world.folder, 'stock.box')
  const made = spawnSync('bash', ['test/vagrant/stock-box.sh', overlayPath(plan.layers[0]?.id ?? '', project), file], {
    encoding: 'utf8',
  })
  t.is(made.status, 0, made.stderr)
  t.is((await world.vagrant(['box', 'add', '--name', stock.BOXHOUND_BASE, file])).code, 0)
})

test.serial.after.always('nothing stays', async () => {
  await world?.close()
})

test.serial(
  'a stock box becomes the box by the very layers of its box file; without a key it runs keyless, and the suite is green on it',
  async (t) => {
    const { code, output } = await world.vagrant(['up'], stock)
    t.is(code, 0, output.slice(-3000))
    for (const layer of ['base', 'agent', 'database', 'app', 'checks'])
      t.regex(output, new RegExp(`boxhound: layer ${layer} applied in \\d+ s`))
    t.is(await keyInGuest(world, 'lab-stock', stock), 'none')
    const verified = await world.verb(['verify', 'lab', '--vagrant'], stock)
    t.is(verified.code, 0, verified.output)
    t.regex(verified.output, /\n19 passed, 0 failed, 1 not judged\n/)
  },
)

test.serial('provision again finds each layer', async (t) => {
  const again = await world.vagrant(['provision'], stock)
  t.is(again.code, 0, again.output)
  t.regex(again.output, /nothing to do/)
  t.is((await world.vagrant(['destroy', '--force'], stock)).code, 0)
})
