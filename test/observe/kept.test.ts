import test from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { isObject, type JsonObject, listOf, objectAt } from '../../scripts/lib/_helpers/json.ts'
import type { Box } from '../../scripts/lib/box/box.ts'
import { bodyOf } from '../../scripts/lib/observe/body.ts'
import { planChanges } from '../../scripts/lib/observe/changes.ts'
import { readServer } from '../../scripts/lib/observe/files.ts'
import { planText } from '../../scripts/lib/observe/terminal.ts'
import { plain } from '../../scripts/lib/report/terminal.ts'
import { actionsOf, type Lab, labBox, openLab, project } from './_observe.ts'

const role = '11111111-2222-8333-8444-555555555555'

let lab: Lab
let box: Box
let [monitor, board] = ['', '']

const idOf = (resources: Readonly<Record<string, object>>, text: string): string =>
  Object.entries(resources).find(([, one]) => JSON.stringify(one).includes(text))?.[0] ?? ''

test.before(async () => {
  lab = await openLab(null)
  box = await labBox()
  await lab.apply(box)
  const { monitors, dashboards } = lab.account.state()
  monitor = idOf(monitors, 'boxhound_resource:my_metric')
  board = idOf(dashboards, 'Managed by boxhound: lab/board')
})

test.after.always(() => lab.account.close())

const dashboard = (): JsonObject => lab.account.state().dashboards[board] ?? {}

const setByHand = {
  restricted_roles: [role],
  notify_list: ['a@example.com', 'b@example.com'],
  tags: ['team:web'],
  template_variable_presets: [{ name: 'mine', template_variables: [{ name: 'host', values: ['db1'] }] }],
}

test.serial('what somebody set of a dashboard and the files say nothing of is no drift', async (t) => {
  lab.account.edit('dashboards', board, (one) => ({ ...one, ...setByHand }))
  t.deepEqual(actionsOf(await lab.plan(box)), [])
})

test.serial('an update of a dashboard sends back what the account has, and the plan tells it', async (t) => {
  lab.account.edit('dashboards', board, (one) => ({ ...one, title: 'mine' }))
  const text = planText(await lab.plan(box), plain)
  t.regex(text, new RegExp(`kept +restricted_roles \\["${role}"\\]`))
  t.deepEqual(await lab.apply(box), ['change dashboard board'])
  t.like(dashboard(), setByHand)
  t.not(dashboard().title, 'mine')
})

test.serial('a saved view of a variable that is gone goes with it', async (t) => {
  const gone = { name: 'old', template_variables: [{ name: 'gone', values: ['x'] }] }
  lab.account.edit('dashboards', board, (one) => ({
    ...one,
    title: 'mine',
    template_variable_presets: [...setByHand.template_variable_presets, gone],
  }))
  await lab.apply(box)
  t.deepEqual(dashboard().template_variable_presets, setByHand.template_variable_presets)
})

test.serial('roles and notes of a monitor are kept', async (t) => {
  const options = { min_location_failed: 2, silenced: { '*': 1 } }
  lab.account.edit('monitors', monitor, (one) => ({
    ...one,
    restricted_roles: [role],
    draft_status: 'draft',
    options: { ...objectAt(one, 'options'), ...options },
  }))
  t.deepEqual(actionsOf(await lab.plan(box)), [])
  lab.account.edit('monitors', monitor, (one) => ({ ...one, name: 'mine' }))
  t.deepEqual(await lab.apply(box), ['change monitor my_metric'])
  const after = lab.account.state().monitors[monitor] ?? {}
  t.like(after, { restricted_roles: [role], draft_status: 'draft' })
  t.like(objectAt(after, 'options'), options)
})

const idsIn = (widgets: unknown): unknown[] =>
  listOf(widgets)
    .filter(isObject)
    .flatMap((one) => [one.id, ...idsIn(objectAt(one, 'definition').widgets)])

test.serial('an update leaves every widget its id, in groups too, also where one is renamed or moved', async (t) => {
  const before = idsIn(dashboard().widgets)
  lab.account.edit('dashboards', board, (one) => {
    const [note, ...groups] = listOf(one.widgets)
    const text = JSON.stringify([...groups, note]).replace('Agents that report', 'mine')
    return { ...one, widgets: JSON.parse(text) }
  })
  t.deepEqual(await lab.apply(box), ['change dashboard board'])
  t.true(before.length > 10)
  t.deepEqual(idsIn(dashboard().widgets), before)
  t.deepEqual(await lab.apply(box), [])
})

test.serial('places in a group are kept while it has the same widgets', async (t) => {
  const layout = { x: 0, y: 0, width: 12, height: 4 }
  const place = (widgets: unknown): JsonObject[] =>
    listOf(widgets)
      .filter(isObject)
      .map((one) => ({ ...one, layout }))
  lab.account.edit('dashboards', board, (one) => ({
    ...one,
    title: 'mine',
    widgets: listOf(one.widgets)
      .filter(isObject)
      .map((widget) => {
        const definition = objectAt(widget, 'definition')
        return definition.type === 'group'
          ? { ...widget, definition: { ...definition, widgets: place(definition.widgets) } }
          : widget
      }),
  }))
  t.deepEqual(await lab.apply(box), ['change dashboard board'])
  const group = listOf(dashboard().widgets)
    .map((one) => objectAt(one, 'definition'))
    .find((one) => one.type === 'group')
  t.true(listOf(group?.widgets).length > 0)
  t.true(listOf(group?.widgets).every((one) => isObject(one) && isObject(one.layout)))
})

test.serial('the files may say who edits: a board is opened by an empty list, and that is no surprise', async (t) => {
  const server = readServer(project)
  const [live] = (await lab.use((gateway) => gateway.list('lab'))).filter(({ kind }) => kind === 'dashboard')
  const wanted = (await lab.plan(box)).wanted.resources.find(({ kind }) => kind === 'dashboard')
  if (live === undefined || wanted === undefined) return t.fail()
  const roles = (own: readonly string[]) => {
    const resource = { ...wanted, wire: { ...wanted.wire, restricted_roles: own } }
    const [change] = planChanges([resource], [live], server).filter(({ kind }) => kind === 'dashboard')
    return [
      change?.fields.filter(({ path }) => path === 'restricted_roles'),
      change === undefined ? undefined : bodyOf(resource, change, 'lab', server).restricted_roles,
    ]
  }
  t.deepEqual(roles([]), [[{ path: 'restricted_roles', from: [role], to: undefined }], []])
  t.deepEqual(roles([role]), [[], [role]])
})

test.serial('what the server trims or sorts is no change', async (t) => {
  lab.account.edit('monitors', monitor, (one) => ({
    ...one,
    name: ` ${one.name} `,
    query: `${one.query}\n`,
    message: `\n${one.message}\n`,
  }))
  lab.account.edit('dashboards', board, (one) => ({ ...one, notify_list: ['b@example.com', 'a@example.com'] }))
  t.deepEqual(actionsOf(await lab.plan(box)), [])
})

test.serial(
  'a board that is read-only, or some may edit alone, is told as that and not as a key without rights',
  async (t) => {
    const close = (fields: JsonObject) =>
      lab.account.edit('dashboards', board, (one) => ({
        ...one,
        title: 'mine',
        author_handle: 'jo@example.com',
        is_read_only: false,
        restricted_roles: [],
        ...fields,
      }))
    close({ is_read_only: true })
    const readOnly = await t.throwsAsync<BoxhoundError>(lab.apply(box))
    t.is(readOnly?.message, 'change dashboard board: the dashboard is read-only in the account')
    t.regex(readOnly?.details.found ?? '', /^is_read_only: true; status 403/)
    t.notRegex(`${readOnly?.details.expected} ${readOnly?.details.next}`, /DD_APP_KEY may not|dashboards_write/)
    close({ restricted_roles: [role] })
    const closed = await t.throwsAsync<BoxhoundError>(lab.apply(box))
    t.regex(closed?.message ?? '', /may be edited by some alone/)
    t.regex(closed?.details.found ?? '', new RegExp(`^restricted_roles: ${role}`))
    close({})
    t.deepEqual(await lab.apply(box), ['change dashboard board'])
  },
)
