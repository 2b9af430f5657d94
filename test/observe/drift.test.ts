import test from 'ava'
import { isObject, type JsonObject } from '../../scripts/lib/_helpers/json.ts'
import type { Box } from '../../scripts/lib/box/box.ts'
import { isChange } from '../../scripts/lib/observe/changes.ts'
import { actionsOf, type Lab, labBox, openLab } from './_observe.ts'

const idOf = (resources: Readonly<Record<string, object>>, text: string): string =>
  Object.entries(resources).find(([, one]) => JSON.stringify(one).includes(text))?.[0] ?? ''

// One account for all tests, which run one after another and leave it as the files say: what costs is the client's own reading of a
// dashboard.
let lab: Lab
let box: Box
let [monitor, board, nights] = ['', '', '']

test.before(async () => {
  lab = await openLab(null)
  box = await labBox()
  await lab.apply(box)
  const { monitors, dashboards, downtimes } = lab.account.state()
  monitor = idOf(monitors, 'boxhound_resource:my_metric')
  board = idOf(dashboards, 'Managed by boxhound: lab/board')
  nights = idOf(downtimes, 'Managed by boxhound: lab/nights')
})

test.after.always(() => lab.account.close())

const withOption = (monitor: JsonObject, name: string, value: unknown): JsonObject => ({
  ...monitor,
  options: { ...(isObject(monitor.options) ? monitor.options : {}), [name]: value },
})

const edits: Readonly<Record<string, { path: string; edit: (monitor: JsonObject) => JsonObject }>> = {
  'another threshold': {
    path: 'options.thresholds.warning',
    edit: (one) => withOption(one, 'thresholds', { critical: 800, warning: 600 }),
  },
  'another title': { path: 'name', edit: (one) => ({ ...one, name: 'mine' }) },
  'another message': { path: 'message', edit: (one) => ({ ...one, message: 'call me' }) },
  'a recovery of its own': {
    path: 'options.thresholds.critical_recovery',
    edit: (one) => withOption(one, 'thresholds', { critical: 800, warning: 500, critical_recovery: 100 }),
  },
  'a delay for new groups': {
    path: 'options.new_group_delay',
    edit: (one) => withOption(one, 'new_group_delay', 600),
  },
  'a reminder that nobody asked for': {
    path: 'options.renotify_interval',
    edit: (one) => withOption(one, 'renotify_interval', 20),
  },
  'a lost tag': { path: 'options.no_data_timeframe', edit: (one) => withOption(one, 'no_data_timeframe', 30) },
  'a further tag': {
    path: 'tags',
    edit: (one) => ({ ...one, tags: [...(Array.isArray(one.tags) ? one.tags : []), 'team:other'] }),
  },
  'another priority': { path: 'priority', edit: (one) => ({ ...one, priority: 1 }) },
}

for (const [title, { path, edit }] of Object.entries(edits)) {
  test.serial(`an edit by hand is seen as such and undone: ${title}`, async (t) => {
    lab.account.edit('monitors', monitor, (one) => ({ ...one, ...edit(one) }))
    const plan = await lab.plan(box)
    t.deepEqual(actionsOf(plan), ['change monitor my_metric'])
    const change = plan.changes.find(({ action }) => action === 'change')
    t.true(change?.drift)
    t.deepEqual(
      change?.fields.map((field) => field.path),
      [path],
    )
    t.deepEqual(await lab.apply(box), ['change monitor my_metric'])
    t.deepEqual(await lab.apply(box), [])
  })
}

test.serial('a widget added or changed by hand is seen by its place, and taken back', async (t) => {
  const extra = { id: 1, definition: { type: 'note', content: 'hello' } }
  lab.account.edit('dashboards', board, (one) => ({
    ...one,
    widgets: [...(Array.isArray(one.widgets) ? one.widgets : []), extra],
  }))
  const plan = await lab.plan(box)
  const fields = plan.changes.flatMap((change) => change.fields)
  t.is(fields.length, 1)
  t.regex(fields[0]?.path ?? '', /^widgets\[\d\]$/)
  t.is(fields[0]?.to, undefined)
  t.deepEqual(await lab.apply(box), ['change dashboard board'])
  t.deepEqual(await lab.apply(box), [])
})

test.serial(
  'a downtime that was made shorter by hand is seen, and gets its hours back, in the middle of its night by another one',
  async (t) => {
    const shorter = (one: JsonObject): JsonObject =>
      JSON.parse(JSON.stringify(one).replace('"duration":"14h"', '"duration":"8h"'))
    lab.account.edit('downtimes', nights, (one) => ({ ...one, ...shorter(one) }))
    const plan = await lab.plan(box)
    t.deepEqual(actionsOf(plan), ['replace downtime nights'])
    t.deepEqual(
      plan.changes.flatMap((change) => change.fields).map(({ path, from, to }) => [path, from, to]),
      [['schedule.recurrences[0].for', '8h', '14h']],
    )
    await lab.apply(box)
    t.deepEqual(actionsOf(await lab.plan(box)), [])
    const { downtimes } = lab.account.state()
    t.regex(JSON.stringify(downtimes[nights]), /"status":"canceled"/)
    nights = Object.keys(downtimes).findLast((id) => JSON.stringify(downtimes[id]).includes('lab/nights')) ?? ''
  },
)

test.serial('a downtime with another message gets its own back, and keeps the date from which it counts', async (t) => {
  const before = lab.account.state().downtimes[nights]
  const edited = JSON.parse(JSON.stringify(before).replace('nobody is notified', 'sleep well'))
  lab.account.edit('downtimes', nights, () => edited)
  t.deepEqual(await lab.apply(box), ['change downtime nights'])
  const sent = lab.account.requests.filter(({ method }) => method === 'PATCH').at(-1)
  t.true(JSON.stringify(sent?.body).includes('nobody is notified'))
  t.false(JSON.stringify(sent?.body).includes('schedule'))
  const schedule = (one: unknown) => JSON.stringify(one).match(/"start":"[^"]*"/g)
  t.deepEqual(schedule(lab.account.state().downtimes[nights]), schedule(before))
  t.deepEqual(await lab.apply(box), [])
})

test.serial('what somebody removed by hand is made again', async (t) => {
  await lab.use((gateway) => gateway.remove('downtime', nights))
  t.deepEqual(await lab.apply(box), ['add downtime nights'])
})

test.serial(
  'the same thing written in another way is no change: order of fields and tags, days of a rule, kinship of types; nor is a mute',
  async (t) => {
    const turned = (one: JsonObject): JsonObject => Object.fromEntries(Object.entries(one).reverse())
    lab.account.edit('monitors', monitor, (one) => ({
      ...turned(one),
      type: 'query alert',
      // Muted by hand, and what one account chooses and another does not.
      options: {
        ...(isObject(one.options) ? one.options : {}),
        silenced: { '*': 1 },
        new_host_delay: 300,
        on_missing_data: 'default',
      },
      tags: Array.isArray(one.tags) ? [...one.tags].reverse() : [],
    }))
    lab.account.edit('dashboards', board, (one) => ({
      ...turned(one),
      widgets: Array.isArray(one.widgets)
        ? one.widgets.map((widget: JsonObject) => ({ ...widget, layout: { x: 0, y: 0, width: 4, height: 2 } }))
        : [],
    }))
    lab.account.edit('downtimes', nights, (one) =>
      JSON.parse(
        JSON.stringify(one).replace(/FREQ=WEEKLY;BYDAY=[A-Z,]+/, 'FREQ=WEEKLY;INTERVAL=1;BYDAY=SU,FR,TH,WE,TU,MO'),
      ),
    )
    t.deepEqual(actionsOf(await lab.plan(box)), [])
  },
)

test.serial('an update replaces all options, and takes away neither a mute nor what the files want', async (t) => {
  lab.account.edit('monitors', monitor, (one) => ({ ...withOption(one, 'silenced', { '*': 1 }), name: 'mine' }))
  t.deepEqual(await lab.apply(box), ['change monitor my_metric'])
  t.like(lab.account.state().monitors[monitor]?.options, {
    silenced: { '*': 1 },
    thresholds: { critical: 800, warning: 500 },
    no_data_timeframe: 10,
    require_full_window: false,
  })
})

test.serial('a copy that differs only in what the files say nothing of is no twin', async (t) => {
  const { id: _, ...original } = lab.account.state().monitors[monitor] ?? {}
  const copy = lab.account.add('monitors', { ...withOption(original, 'silenced', { '*': 2 }), created: '2027-01-01' })
  t.deepEqual(actionsOf(await lab.plan(box)), ['leave monitor my_metric'])
  await lab.use((gateway) => gateway.remove('monitor', copy))
  t.deepEqual(actionsOf(await lab.plan(box)), [])
})

test.serial('what the files change is told as such, and what was edited by hand besides as well', async (t) => {
  const once = { ...box, observe: { ...box.observe, monitors: { my_metric: 'once' } } }
  const told = async () => (await lab.plan(once)).changes.filter(isChange).map(({ reason, drift }) => [reason, drift])
  t.deepEqual(await told(), [['changed in the files', false]])
  lab.account.edit('monitors', monitor, (one) => ({ ...one, name: 'mine' }))
  t.deepEqual(await told(), [['changed in the files, and edited by hand', true]])
  t.deepEqual(await lab.apply(box), ['change monitor my_metric'])
})

test.serial('what the files take away again is shown, and goes', async (t) => {
  const limits = { ...box, observe: { ...box.observe, monitors: { my_metric: 'once' } } }
  t.deepEqual(await lab.apply(limits), ['change monitor my_metric'])
  const fields = (await lab.plan(box)).changes.flatMap((change) => change.fields)
  t.true(fields.length > 0)
  t.deepEqual(await lab.apply(box), ['change monitor my_metric'])
})

test.serial('a twin that came of a lost answer is removed, the older one stays', async (t) => {
  const { id: _, ...original } = lab.account.state().monitors[monitor] ?? {}
  lab.account.add('monitors', { ...original, created: '2027-01-01T00:00:00Z' })
  t.deepEqual(await lab.apply(box), ['remove monitor my_metric'])
  t.true(monitor in lab.account.state().monitors)
  t.deepEqual(await lab.apply(box), [])
})

test.serial(
  'a copy made by hand that carries our mark is left alone and told, also by destroy, which comes last',
  async (t) => {
    const { id: _, ...original } = lab.account.state().dashboards[board] ?? {}
    const copy = lab.account.add('dashboards', {
      ...original,
      title: 'my own copy',
      created_at: '2027-01-01T00:00:00Z',
    })
    t.deepEqual(actionsOf(await lab.plan(box)), ['leave dashboard board'])
    await lab.apply(box, true)
    t.deepEqual(Object.keys(lab.account.state().dashboards), [copy])
  },
)
