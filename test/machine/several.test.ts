import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { listRecords } from '../../scripts/lib/cache/store.ts'
import { crossing, eventsOf, type TraceEvent, uncovered } from '../helpers/_trace.ts'
import { assertWhole } from './_image.ts'
import { tinyProject, write } from './_project.ts'
import { startVerb } from './_run.ts'
import { tracesOf } from './_traces.ts'

test('several boxes are baked by one call; the layer that they share is made once', async (t) => {
  const project = await tinyProject(t)
  const { code, stdout, stderr } = await startVerb(project, ['bake', 'one', 'two', '--no-verify']).ended
  t.is(code, 0, stderr)
  for (const box of ['one', 'two']) {
    await assertWhole(t, box, project)
    t.regex(stdout, new RegExp(`^ {2}${box} +seal +built`, 'm'))
    t.regex(stdout, new RegExp(`out/${box}/${box}.qcow2 `))
  }
  t.is((await listRecords(project)).length, 7)
  // Whoever came second found the image made: one of the logs says so, or it came after the first had recorded it.
  const logs = ['one', 'two'].map((box) => readFileSync(join(project.out, box, 'logs/image.log'), 'utf8'))
  t.is(logs.filter((text) => text.includes('another bake has made this layer')).length, 1)
  t.deepEqual(tracesOf(project), [])
  const again = await startVerb(project, ['bake', '--all', '--no-verify', '--json']).ended
  const { boxes } = JSON.parse(again.stdout)
  t.deepEqual(
    boxes.map(({ box, manifest }: { box: string; manifest: { box: string } }) => [box, manifest.box]),
    [
      ['one', 'one'],
      ['two', 'two'],
    ],
  )
})

test('a box that fails ends with 1, is told by name, and the others are baked', async (t) => {
  const project = await tinyProject(t)
  write('provision/20-agent/provision.sh.hbs', '[[ {{box.name}} != two ]] || exit 7\nsleep 0.5\n', project)
  rmSync(join(project.tool, 'provision/20-agent/provision.sh'))
  const { code, stderr } = await startVerb(project, ['bake', 'two', 'one', '--no-verify']).ended
  t.is(code, 1)
  t.regex(stderr, /^two: .*layer "agent" failed/m)
  await assertWhole(t, 'one', project)
  t.deepEqual(tracesOf(project), [])
})

test('a wrong box file among several, or one named twice, ends with 2 before anything is started', async (t) => {
  const project = await tinyProject(t)
  for (const words of [
    ['one', 'three'],
    ['one', 'one'],
    ['--all', 'one'],
    ['one', 'two', '--on-error', 'shell'],
  ]) {
    const { code, stderr } = await startVerb(project, ['bake', ...words, '--no-verify']).ended
    t.is(code, 2, stderr)
  }
  t.deepEqual(await listRecords(project), [])
})

test('--profile writes spans that nest, and that leave little of a bake untold', async (t) => {
  const project = await tinyProject(t)
  const file = join(project.tool, 'trace.json')
  const { code, stderr } = await startVerb(project, ['bake', 'one', '--no-verify', '--profile', file]).ended
  t.is(code, 0, stderr)
  const events = eventsOf(readFileSync(file, 'utf8'))
  const spans = events.filter(({ ph }) => ph === 'X')
  t.deepEqual(crossing(spans), [])
  const named = (name: string): TraceEvent[] => spans.filter((event) => event.name === name)
  const [whole] = named('npm run bake')
  const [build] = named('build')
  if (whole === undefined || build === undefined) return t.fail('no spans of the whole bake')
  const main = spans.filter(({ tid, pid }) => tid === build.tid && pid === build.pid)
  t.true(uncovered(whole, main) < whole.dur / 4, 'the phases, one after another')
  for (const name of [
    'load',
    'render',
    'plan',
    'hash stored layers',
    'publish',
    'convert to qcow2',
    'base',
    'agent',
    'seal',
  ])
    t.is(named(name).length, 1, name)
  const inside = (outer: TraceEvent): TraceEvent[] =>
    spans.filter(
      (span) => span !== outer && span.tid === outer.tid && span.ts >= outer.ts && span.ts < outer.ts + outer.dur,
    )
  for (const [layer] of ['base', 'agent', 'seal'].map(named)) {
    if (layer === undefined) return t.fail()
    t.true(layer.ts >= build.ts && layer.ts + layer.dur <= build.ts + build.dur, `${layer.name} is part of the build`)
    const steps = inside(layer)
    for (const step of ['create', 'export', 'mount', 'enter', 'files', 'owners', 'units', 'unmount', 'close'])
      t.is(steps.filter(({ name }) => name === step).length, 1, `${step} of ${layer.name}`)
    t.true(uncovered(layer, steps) < layer.dur / 4, `the steps of ${layer.name}`)
  }
})
