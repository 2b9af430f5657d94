import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { planBox, refreshPeriod } from '../../scripts/lib/plan/plan.ts'
import type { Rendered, RenderedLayer } from '../../scripts/lib/render/rendered-box.ts'
import { box, file, layer, layers, plannedProject, renderedOf, system } from './_rendered.ts'

const day = 86_400_000
const now = Date.parse('2026-03-04T12:00:00Z')
const names = ['image', 'base', 'agent', 'app', 'checks', 'seal']

const idsOf = async (project: Project, rendered: Rendered = renderedOf(), options = { now }): Promise<string[]> =>
  (await planBox(rendered, options, project)).layers.map(({ id }) => id)

/** Names of the layers whose ids differ. */
const changed = (before: readonly string[], after: readonly string[]): string[] =>
  names.filter((_, index) => before[index] !== after[index])

const replace = (own: RenderedLayer): Rendered => renderedOf(layers.map((one) => (one.name === own.name ? own : one)))

test('layers stand on each other from the image up, and ids chain', async (t) => {
  const project = await plannedProject(t)
  const plan = await planBox(renderedOf(), { now }, project)
  t.deepEqual(
    plan.layers.map(({ name }) => name),
    [...names],
  )
  t.deepEqual(
    plan.layers.map(({ parent }) => parent),
    [null, ...plan.layers.slice(0, -1).map(({ id }) => id)],
  )
  for (const { id } of plan.layers) t.regex(id, /^[0-9a-f]{64}$/)
  t.is(plan.layers[0]?.rendered, null)
})

test('the same inputs give the same ids, on another machine too', async (t) => {
  t.deepEqual(await idsOf(await plannedProject(t)), await idsOf(await plannedProject(t)))
})

test('a changed check changes the layer of the checks and the seal on it, nothing below', async (t) => {
  const project = await plannedProject(t)
  const before = await idsOf(project)
  const after = await idsOf(project, replace(layer('checks', {}, [file('etc/checks', 'edited')])))
  t.deepEqual(changed(before, after), ['checks', 'seal'])
})

test('a new version of the Agent changes its layer and those on it; the image and its base stay', async (t) => {
  const project = await plannedProject(t)
  const [before, after] = await Promise.all(
    ['7.83.0', '7.84.0'].map((version) =>
      idsOf(project, replace(layer('agent', { packages: [`datadog-agent=1:${version}-1`] }))),
    ),
  )
  t.deepEqual(changed(before ?? [], after ?? []), ['agent', 'app', 'checks', 'seal'])
})

test('a file’s mode, path and script count as its content does', async (t) => {
  const project = await plannedProject(t)
  const before = await idsOf(project)
  for (const own of [
    layer('checks', {}, [file('etc/checks', 'checks', 0o755)]),
    layer('checks', {}, [file('etc/elsewhere', 'checks')]),
    layer('checks', {}, [file('etc/checks', 'checks')], [file('01-checks.sh', 'true')]),
    layer('checks', { owners: [{ path: '/etc/checks', owner: 'root', group: 'adm' }] }),
    layer('checks', { units: { enable: ['a.service'], disable: [], mask: [] } }),
  ])
    t.deepEqual(changed(before, await idsOf(project, replace(own))), ['checks', 'seal'])
})

test('a changed engine changes every layer and not the image', async (t) => {
  const project = await plannedProject(t)
  const before = await idsOf(project)
  await writeFile(join(project.tool, 'provision/_engine/apply.sh'), '#!/bin/bash\ntrue\n')
  t.deepEqual(changed(before, await idsOf(project)), names.slice(1))
})

test('a changed lock file or input folder changes the layer that names it', async (t) => {
  const project = await plannedProject(t)
  const before = await idsOf(project)
  await writeFile(join(project.tool, 'requirements.txt'), 'flask==3.1.4\n')
  const locked = await idsOf(project)
  t.deepEqual(changed(before, locked), ['app', 'checks', 'seal'])
  await writeFile(join(project.tool, 'lab/agent/src/agent.py'), 'edited\n')
  t.deepEqual(changed(locked, await idsOf(project)), ['agent', 'app', 'checks', 'seal'])
})

test('tests and documentation change no id', async (t) => {
  const project = await plannedProject(t)
  const before = await idsOf(project)
  await writeFile(join(project.tool, 'lab/base/README.md'), 'edited\n')
  await mkdir(join(project.tool, 'lab/agent/tests'))
  await writeFile(join(project.tool, 'lab/agent/tests/test_agent.py'), 'edited\n')
  t.deepEqual(await idsOf(project), before)
})

test('the image’s sources change everything', async (t) => {
  const project = await plannedProject(t)
  const before = await idsOf(project)
  await writeFile(join(project.tool, 'lab/base/build.sh'), 'edited\n')
  t.deepEqual(changed(before, await idsOf(project)), names)
})

test('a downloaded image is known by its digest alone, at any time', async (t) => {
  const project = await plannedProject(t)
  const image = { kind: 'image', image: 'https://example.org/a.img', sha256: 'a'.repeat(64), system } as const
  const [one = ''] = await idsOf(project, renderedOf(layers, { ...box, base: image }))
  const elsewhere = { ...image, image: 'https://example.net/b.img' }
  const [moved] = await idsOf(project, renderedOf(layers, { ...box, base: elsewhere }), { now: now + 400 * day })
  const [other] = await idsOf(project, renderedOf(layers, { ...box, base: { ...image, sha256: 'b'.repeat(64) } }))
  t.is(moved, one)
  t.not(other, one)
})

test('a disk image is another layer with another size, and when the scripts that import it change', async (t) => {
  const project = await plannedProject(t)
  const image = { kind: 'image', image: 'https://example.org/a.img', sha256: 'a'.repeat(64), system } as const
  const sized = (size: number | null) =>
    renderedOf(layers, { ...box, base: image, image: { size, formats: ['qcow2'] } })
  const [one] = await idsOf(project, sized(null))
  const [grown] = await idsOf(project, sized(8))
  t.not(grown, one)
  const [formatted] = await idsOf(
    project,
    renderedOf(layers, { ...box, base: image, image: { size: 8, formats: ['qcow2', 'raw'] } }),
  )
  t.is(formatted, grown)
  const plain = await idsOf(project)
  await writeFile(join(project.tool, 'disk/growth.sh'), 'edited\n')
  t.not((await idsOf(project, sized(8)))[0], grown)
  t.deepEqual(await idsOf(project), plain)
})

test('layers with packages are taken anew after the refresh period, and what stands on them', async (t) => {
  const project = await plannedProject(t)
  const start = Math.ceil(now / (7 * day)) * 7 * day
  const first = await idsOf(project, renderedOf(), { now: start })
  t.deepEqual(await idsOf(project, renderedOf(), { now: start + 7 * day - 1 }), first)
  t.deepEqual(changed(first, await idsOf(project, renderedOf(), { now: start + 7 * day })), names)
})

test('without packages a layer on a lasting image never ages', async (t) => {
  const project = await plannedProject(t)
  const image = { kind: 'image', image: 'https://example.org/a.img', sha256: 'a'.repeat(64), system } as const
  const rendered = renderedOf([layer('base'), layer('seal')], { ...box, base: image })
  t.deepEqual(await idsOf(project, rendered), await idsOf(project, rendered, { now: now + 400 * day }))
  const packaged = renderedOf([layer('base', { packages: ['curl'] }), layer('seal')], { ...box, base: image })
  t.notDeepEqual(await idsOf(project, packaged), await idsOf(project, packaged, { now: now + 400 * day }))
})

test('--refresh counts at once and for the bakes after it, until the period is over', (t) => {
  const period = refreshPeriod(box, { now })
  const asked = refreshPeriod(box, { now, refreshed: now })
  t.not(asked, period)
  t.is(refreshPeriod(box, { now: now + 1000, refreshed: now }), asked)
  t.not(refreshPeriod(box, { now: now + 1000, refreshed: now + 1000 }), asked)
  const later = now + 7 * day
  t.is(refreshPeriod(box, { now: later, refreshed: now }), refreshPeriod(box, { now: later }))
  t.not(refreshPeriod(box, { now: later }), period)
})

test('a box sets its own period', (t) => {
  const daily = { ...box, refreshDays: 1 }
  t.not(refreshPeriod(daily, { now }), refreshPeriod(daily, { now: now + day }))
})

test('a layer with an image of the lab depends on what that is made from, and on the refresh period', async (t) => {
  const project = await plannedProject(t)
  const lab = replace(layer('app', { images: [{ name: 'agent', lab: 'lab/images/agent', version: '7.83.0+lab' }] }))
  const before = await idsOf(project, lab)
  const above = ['app', 'checks', 'seal']
  await writeFile(join(project.root, 'lab/images/root.sh'), 'edited\n')
  const edited = await idsOf(project, lab)
  t.deepEqual(changed(before, edited), above)
  await writeFile(join(project.root, 'lab/agent/src/agent.py'), 'edited\n')
  t.deepEqual(changed(edited, await idsOf(project, lab)), ['agent', ...above])
  const later = { now: now + 14 * day }
  const [image, base, agent, app] = (await planBox(lab, later, project)).layers
  t.not(app?.id, (await planBox(lab, { now }, project)).layers[3]?.id)
  t.is(app?.period, image?.period)
  t.true([base, agent].every((one) => one?.period === image?.period))
})

test('a layer with an image of a registry changes with its digest alone', async (t) => {
  const project = await plannedProject(t)
  const of = (digit: string) =>
    replace(layer('checks', { images: [{ name: 'agent', image: `ghcr.io/a/b@sha256:${digit.repeat(64)}` }] }))
  const before = await idsOf(project, of('a'))
  await writeFile(join(project.root, 'lab/images/root.sh'), 'edited\n')
  t.deepEqual(await idsOf(project, of('a')), before)
  t.deepEqual(changed(before, await idsOf(project, of('b'))), ['checks', 'seal'])
})
