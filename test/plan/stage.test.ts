import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { PlannedLayer } from '../../scripts/lib/plan/planned-layer.ts'
import { stageLayer } from '../../scripts/lib/plan/stage.ts'
import type { RenderedLayer } from '../../scripts/lib/render/rendered-box.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { file, layer, plannedProject } from './_rendered.ts'

const planned = (rendered: RenderedLayer | null): PlannedLayer => ({
  name: rendered?.name ?? 'image',
  id: 'a'.repeat(64),
  parent: rendered === null ? null : 'b'.repeat(64),
  period: '1',
  engine: 'apt',
  rendered,
})

const full = layer(
  'agent',
  {
    packages: ['curl', 'datadog-agent=1:7.83.0+lab-1'],
    suites: ['unstable'],
    hold: ['datadog-agent'],
    early: ['/etc/deep/er/one'],
    owners: [
      { path: '/etc/datadog-agent', owner: 'dd-agent', group: 'dd-agent', mode: '0640', recursive: true },
      { path: '/opt', owner: 'root', group: 'root' },
    ],
    units: { enable: ['a.service'], disable: ['b.timer'], mask: ['c.service', 'd.timer'] },
  },
  [file('etc/deep/er/one', '1', 0o640), file('usr/bin/tool', '#!/bin/sh\n', 0o755)],
  [file('01-agent.sh', 'true\n', 0o755)],
)

test('a layer is staged as the tables, trees and engine that apply.sh reads', async (t) => {
  const project = await plannedProject(t)
  const folder = join(await temporaryFolder(t), 'layers/agent')
  await stageLayer(planned(full), folder, project)
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
  t.deepEqual((await readdir(folder)).sort(), [
    'apply.sh',
    'early.list',
    'hold.list',
    'owners.tsv',
    'packages.list',
    'packages.sh',
    'root',
    'scripts',
    'suites.list',
    'units.tsv',
  ])
  t.is(await text('packages.list'), 'curl\ndatadog-agent=1:7.83.0+lab-1\n')
  t.is(await text('suites.list'), 'unstable\n')
  t.is(await text('hold.list'), 'datadog-agent\n')
  t.is(await text('early.list'), 'etc/deep/er/one\n')
  t.is(await text('owners.tsv'), '/etc/datadog-agent\tdd-agent\tdd-agent\t0640\tyes\n/opt\troot\troot\t-\tno\n')
  t.is(await text('units.tsv'), 'enable\ta.service\ndisable\tb.timer\nmask\tc.service\nmask\td.timer\n')
  t.is(await text('root/etc/deep/er/one'), '1')
  t.is(await text('scripts/01-agent.sh'), 'true\n')
  t.is(
    await text('packages.sh'),
    'install_packages() { true; }\n',
    'the family’s part comes along, but not what is for the builder',
  )
  t.is(await text('apply.sh'), await readFile(join(project.tool, 'provision/_engine/apply.sh'), 'utf8'))
})

test('an early file that the layer does not bring is refused: its packages would come without it', async (t) => {
  const broken = layer('agent', { early: ['/etc/absent'] })
  const error = await t.throwsAsync(stageLayer(planned(broken), await temporaryFolder(t), await plannedProject(t)), {
    instanceOf: BoxhoundError,
  })
  t.is(error.code, 'E_STAGE')
  t.is(error.details.found, '/etc/absent')
})

test('a layer with nothing in it has every table, empty', async (t) => {
  const folder = join(await temporaryFolder(t), 'seal')
  await stageLayer(planned(layer('seal', {}, [])), folder, await plannedProject(t))
  for (const name of ['packages.list', 'suites.list', 'hold.list', 'early.list', 'owners.tsv', 'units.tsv'])
    t.is((await stat(join(folder, name))).size, 0, name)
  t.deepEqual(await readdir(join(folder, 'root')), [])
  t.deepEqual(await readdir(join(folder, 'scripts')), [])
})

test.serial('modes are those of the layer, whatever the umask', async (t) => {
  const before = process.umask(0o077)
  t.teardown(() => process.umask(before))
  const folder = join(await temporaryFolder(t), 'agent')
  await stageLayer(planned(full), folder, await plannedProject(t))
  const mode = async (path: string): Promise<number> => (await stat(join(folder, path))).mode & 0o7777
  t.is(await mode('root/etc/deep/er/one'), 0o640)
  t.is(await mode('root/usr/bin/tool'), 0o755)
  t.is(await mode('scripts/01-agent.sh'), 0o755)
})

test('a tab, a newline or an empty value would shift the columns: refused', async (t) => {
  const project = await plannedProject(t)
  const folder = await temporaryFolder(t)
  for (const owner of ['a\tb', 'a\nroot', '']) {
    const broken = layer('agent', { owners: [{ path: '/etc', owner, group: 'root' }] })
    const error = await t.throwsAsync(stageLayer(planned(broken), join(folder, 'x'), project), {
      instanceOf: BoxhoundError,
    })
    t.is(error.code, 'E_STAGE')
    t.is(error.exitCode, 2)
    t.is(error.details.found, JSON.stringify(owner))
  }
})

test('the image’s stage is an empty folder: what makes it is known after its download', async (t) => {
  const folder = join(await temporaryFolder(t), 'image')
  await stageLayer(planned(null), folder, await plannedProject(t))
  t.deepEqual(await readdir(folder), [])
})
