import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { isObject, type JsonObject, listOf, objectAt } from '../../scripts/lib/_helpers/json.ts'
import { type Project, projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { applyPlan } from '../../scripts/lib/observe/apply.ts'
import { planFor } from '../../scripts/lib/observe/plan.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { now, openLab, project } from './_observe.ts'

const exportsFolder = join(project.tool, 'test/observe/exports')
const names = ['legacy', 'fixed', 'free', 'tabs', 'newer'] as const

const box = (boards: readonly string[]): string => `box: pasted
version: 1.0.0
base: { lab: trixie }
agent: { version: 7.83.0+lab, repository: lab, tags: [env:trial] }
observe: { timezone: Europe/Paris, boards: [${boards.join(', ')}] }
`

/** A project whose box has these boards; and an export in place of the frame. */
const projectWith = async (t: ExecutionContext, boards: readonly string[], frame?: string): Promise<Project> => {
  const root = await temporaryFolder(t)
  for (const folder of ['observe', 'provision'])
    await cp(join(project.tool, folder), join(root, folder), { recursive: true })
  await mkdir(join(root, 'boxes/boards'), { recursive: true })
  await writeFile(join(root, 'boxes/pasted.yaml'), box(boards))
  for (const name of boards) await cp(join(exportsFolder, `${name}.json`), join(root, 'boxes/boards', `${name}.json`))
  if (frame !== undefined) {
    const text = await readFile(join(exportsFolder, `${frame}.json`), 'utf8')
    await writeFile(join(root, 'observe/board.yaml.hbs'), text.replaceAll('{{', '\\{{'))
  }
  return projectAt(root)
}

const applied = async (t: ExecutionContext, own: Project) => {
  const lab = await openLab(t)
  const run = () =>
    lab.use(async (gateway) => {
      const planned = await planFor(await loadBox('pasted', own), gateway, { now, destroy: false }, own)
      return { planned, done: (await applyPlan(planned, gateway, () => {})).length }
    })
  const { planned } = await run()
  const again = await run()
  return { lab, planned, again, dashboards: Object.values(lab.account.state().dashboards) }
}

for (const name of names)
  test(`an export can be pasted as a board of its own, and is no drift afterwards: ${name}`, async (t) => {
    const { again, dashboards } = await applied(t, await projectWith(t, [name]))
    t.is(dashboards.length, 2)
    const text: unknown = JSON.parse(await readFile(join(exportsFolder, `${name}.json`), 'utf8'))
    const made = dashboards.find((one) => one.title === objectAt({ text }, 'text').title)
    t.truthy(made)
    t.not(made?.id, objectAt({ text }, 'text').id)
    t.deepEqual(
      again.planned.changes.filter(({ action }) => action !== 'keep').map(({ kind, fields }) => [kind, fields]),
      [],
    )
  })

for (const name of names)
  test(`an export can be pasted in place of the frame, with the box's groups below it: ${name}`, async (t) => {
    const { again, dashboards } = await applied(t, await projectWith(t, [], name))
    t.is(dashboards.length, 1)
    t.is(again.done, 0)
    const text = JSON.stringify(dashboards[0])
    t.true(text.includes('Agents that report'))
    t.true(listOf(dashboards[0]?.template_variables).some((one) => isObject(one) && one.name === 'host'))
    const isPlaced = (one: unknown): boolean => isObject(one) && isObject(one.layout)
    if (name === 'fixed' || name === 'free') t.true(listOf(dashboards[0]?.widgets).every(isPlaced))
  })

test('several boards of one box, each found again by its own mark', async (t) => {
  const own = await projectWith(t, names)
  const { dashboards, again, planned } = await applied(t, own)
  t.is(dashboards.length, 6)
  t.is(again.done, 0)
  t.deepEqual(
    planned.changes.filter(({ kind }) => kind === 'dashboard').map(({ name }) => name),
    ['board', ...names],
  )
})

test('what the client does not know is sent as it is, with a warning; the places of tabs become ids', async (t) => {
  const { planned, dashboards } = await applied(t, await projectWith(t, ['newer', 'tabs']))
  const source = 'boxes/boards/newer.json'
  t.deepEqual([...planned.warnings].sort(), [
    `${source}: ai_summary_enabled: unknown field; sent as it is`,
    `${source}: template_variables[0].zz_presentation: unknown field; sent as it is`,
    `${source}: widgets[0].definition.requests[0].queries[0].zz_semantic: unknown field; sent as it is`,
    `${source}: widgets[0].definition.zz_crosshair: unknown field; sent as it is`,
    `${source}: widgets[1].definition.type: unknown value "quantum_plot"; sent as it is`,
    `${source}: widgets[2].definition.widgets[0].definition.zz_glow: unknown field; sent as it is`,
    `${source}: widgets[3].definition.requests[0].queries[0].data_source: unknown value "telepathy"; sent as it is`,
  ])
  const newer = dashboards.find(({ title }) => title === 'From a newer API')
  t.true(newer?.ai_summary_enabled)
  for (const word of ['zz_crosshair', 'zz_semantic', 'quantum_plot', 'zz_glow', 'telepathy', 'zz_presentation'])
    t.true(JSON.stringify(newer).includes(word), word)
  const tabs = dashboards.find(({ title }) => title === 'Two tabs') ?? {}
  const ids = listOf(tabs.widgets).map((one) => objectAt({ one }, 'one').id)
  t.deepEqual(
    listOf(tabs.tabs).map((one) => objectAt({ one }, 'one').widget_ids),
    [ids.slice(0, 2), ids.slice(2)],
  )
})

const wrongBoards: readonly [title: string, edit: (board: JsonObject) => JsonObject, found: RegExp][] = [
  [
    'a typing error',
    ({ widgets, ...rest }) => ({ ...rest, widgets, templte_variables: [] }),
    /templte_variables: unknown field, did you mean/,
  ],
  [
    'a tab of nothing',
    (one) => ({ ...one, tabs: [{ id: 'a', name: 'a', widget_ids: ['@9'] }] }),
    /tabs\[0\]\.widget_ids\[0\]: expected a widget's id/,
  ],
  ['a layout that is none', (one) => ({ ...one, layout_type: 'grid' }), /layout_type: expected one of ordered, free/],
]

for (const [title, edit, found] of wrongBoards)
  test(`a wrong board is told with its file: ${title}`, async (t) => {
    const own = await projectWith(t, ['tabs'])
    const file = join(own.root, 'boxes/boards/tabs.json')
    await writeFile(file, JSON.stringify(edit(JSON.parse(await readFile(file, 'utf8')))))
    const error = await t.throwsAsync(applied(t, own))
    t.regex(JSON.stringify(Object(error).details), /boards\/tabs\.json/)
    t.regex(Object(error).details.found, found)
  })

test('a board that there is not is told at its place in the box file', async (t) => {
  const own = await projectWith(t, ['tabs'])
  await writeFile(join(own.root, 'boxes/pasted.yaml'), box(['tab']))
  const error = await t.throwsAsync(applied(t, own))
  t.like(Object(error).details, { line: 5, found: 'tab', expected: 'one of tabs', next: 'did you mean "tabs"?' })
})

test('widgets of an export can be pasted into a check: groups stand for themselves, ids go', async (t) => {
  const own = await projectWith(t, [])
  const text = JSON.parse(await readFile(join(exportsFolder, 'fixed.json'), 'utf8'))
  const part = { group: 'Mine', color: 'blue', widgets: text.widgets.map(({ layout: _, ...one }: JsonObject) => one) }
  const plain = JSON.stringify(part)
    .replaceAll('{{', '\\{{')
    .replaceAll(/\$(service(?:\.value)?|by)\b/g, '$host')
  await writeFile(join(own.tool, 'observe/host.yaml.hbs'), plain)
  const { dashboards, again } = await applied(t, own)
  t.is(again.done, 0)
  t.deepEqual(
    listOf(dashboards[0]?.widgets)
      .map((one) => objectAt(one, 'definition'))
      .filter(({ type }) => type === 'group')
      .map(({ title }) => title),
    ['Mine', 'Traffic'],
  )
})
