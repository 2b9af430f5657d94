import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { objectAt } from '../../scripts/lib/_helpers/json.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { applyPlan } from '../../scripts/lib/observe/apply.ts'
import { withName } from '../../scripts/lib/observe/box-edit.ts'
import { type ImportRequest, importRequest, importResource } from '../../scripts/lib/observe/import.ts'
import { planFor } from '../../scripts/lib/observe/plan.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { actionsOf, now, openLab, project } from './_observe.ts'

const text = `# mine
box: taken
version: 1.0.0
base: { lab: trixie }
agent: { version: 7.83.0+lab, repository: lab, tags: [env:trial] }
observe: { timezone: Europe/Paris } # zone
`

const opened = async (t: ExecutionContext, options: Parameters<typeof openLab>[1] = {}) => {
  const root = await temporaryFolder(t)
  for (const folder of ['observe', 'provision'])
    await cp(join(project.tool, folder), join(root, folder), { recursive: true })
  await mkdir(join(root, 'boxes'))
  await writeFile(join(root, 'boxes/taken.yaml'), text)
  const own = projectAt(root)
  const lab = await openLab(t, options)
  const plan = () =>
    lab.use(async (gateway) => planFor(await loadBox('taken', own), gateway, { now, destroy: false }, own))
  return {
    lab,
    root,
    plan,
    take: (request: Partial<ImportRequest> & Pick<ImportRequest, 'kind' | 'id'>) =>
      lab.use(async (gateway) =>
        importResource(await loadBox('taken', own), { name: undefined, ...request }, gateway, { now, project: own }),
      ),
    apply: () =>
      lab.use(async (gateway) => {
        const planned = await planFor(await loadBox('taken', own), gateway, { now, destroy: false }, own)
        return (await applyPlan(planned, gateway, () => {})).length
      }),
    box: () => readFile(join(root, 'boxes/taken.yaml'), 'utf8'),
  }
}

const monitor = {
  name: 'Disk of {{host.name}} is full',
  type: 'query alert',
  query: 'avg(last_1h):avg:system.disk.in_use{*} by {host} >= 0.9',
  message: '{{#is_alert}}\nfull @slack-ops\n{{/is_alert}}',
  tags: ['team:ops'],
  priority: 2,
  restricted_roles: ['11111111-2222-8333-8444-555555555555'],
  multi: true,
  creator: { name: 'Jo', handle: 'jo@example.com', email: 'jo@example.com' },
  created: '2025-01-01T00:00:00.000000+00:00',
  options: {
    thresholds: { critical: 0.9, critical_recovery: 0.8 },
    include_tags: true,
    notify_audit: false,
    new_host_delay: 300,
    notify_no_data: false,
    no_data_timeframe: null,
    renotify_interval: 60,
    silenced: { '*': 1800000000 },
  },
}

const fixed = async () => JSON.parse(await readFile(join(project.tool, 'test/observe/exports/fixed.json'), 'utf8'))

const downtime = {
  type: 'downtime',
  id: '00000000-0000-8000-8000-0000000000aa',
  attributes: {
    message: 'Backups run',
    scope: 'role:backup',
    monitor_identifier: { monitor_tags: ['*'] },
    display_timezone: 'Europe/Paris',
    mute_first_recovery_notification: true,
    notify_end_states: ['alert'],
    notify_end_types: ['canceled'],
    canceled: null,
    created: '2025-01-01T00:00:00.000000+00:00',
    modified: '2025-01-01T00:00:00.000000+00:00',
    status: 'scheduled',
    schedule: {
      timezone: 'Europe/Paris',
      recurrences: [{ start: '2025-01-05T03:00', duration: '2h', rrule: 'FREQ=WEEKLY;BYDAY=SU' }],
    },
  },
}

test('a dashboard, a monitor and a downtime are taken over: files, the box file, the mark, and nothing else to do', async (t) => {
  const { lab, root, take, plan, apply, box } = await opened(t)
  await apply()
  const board = lab.account.add('dashboards', await fixed())
  const alert = lab.account.add('monitors', monitor)
  const silence = lab.account.add('downtimes', downtime)
  const before = lab.account.state()
  t.is((await take({ kind: 'dashboard', id: board })).name, 'storefront_overview')
  t.is((await take({ kind: 'monitor', id: alert })).name, 'disk_of_is_full')
  t.is((await take({ kind: 'downtime', id: silence, name: 'backups' })).name, 'backups')
  t.deepEqual(
    [await readdir(join(root, 'boxes/boards')), await readdir(join(root, 'boxes/exports'))],
    [['storefront_overview.json'], ['backups.json', 'disk_of_is_full.json']],
  )
  t.is(
    await box(),
    text.replace(
      '{ timezone: Europe/Paris }',
      '{ exports: [disk_of_is_full, backups], boards: [storefront_overview], timezone: Europe/Paris }',
    ),
  )
  t.deepEqual(actionsOf(await plan()), [])
  const after = lab.account.state()
  const { description: _, modified_at: __, ...rest } = after.dashboards[board] ?? {}
  const { description: ___, modified_at: ____, experience_type: _____, ...old } = before.dashboards[board] ?? {}
  t.like(rest, { widgets: old.widgets as unknown[], restricted_roles: [], title: old.title })
  t.like(after.monitors[alert], {
    name: monitor.name,
    query: monitor.query,
    restricted_roles: monitor.restricted_roles,
    priority: 2,
  })
  t.like(objectAt(after.monitors[alert], 'options'), { silenced: monitor.options.silenced, renotify_interval: 60 })
  t.like(objectAt(after.downtimes[silence], 'attributes'), {
    schedule: { recurrences: downtime.attributes.schedule.recurrences },
    scope: 'role:backup',
    notify_end_types: ['canceled'],
  })
})

test('what was taken over can be made in an empty account', async (t) => {
  const { lab, take, apply } = await opened(t)
  await take({ kind: 'dashboard', id: lab.account.add('dashboards', await fixed()) })
  await take({ kind: 'monitor', id: lab.account.add('monitors', monitor) })
  await take({ kind: 'downtime', id: lab.account.add('downtimes', downtime) })
  const { dashboards, monitors, downtimes } = lab.account.state()
  await lab.use(async (gateway) => {
    for (const id of Object.keys(dashboards)) await gateway.remove('dashboard', id)
    for (const id of Object.keys(monitors)) await gateway.remove('monitor', id)
    for (const id of Object.keys(downtimes)) await gateway.remove('downtime', id)
  })
  t.is(await apply(), 7)
  t.is(await apply(), 0)
})

test('where the mark cannot be set, no file stays', async (t) => {
  const { lab, root, take, box } = await opened(t, {
    fault: ({ method }) => (method === 'PUT' ? { kind: 'status', status: 403 } : undefined),
  })
  const id = lab.account.add('monitors', monitor)
  await t.throwsAsync(take({ kind: 'monitor', id }), { code: 'E_ACCOUNT_PERMISSION' })
  t.is(await box(), text)
  t.deepEqual(await readdir(join(root, 'boxes/exports')), [])
})

test('what is somebody’s already, or not there, or named twice, is refused before anything is written', async (t) => {
  const { lab, take, box, apply } = await opened(t)
  await apply()
  const [ours = ''] = Object.keys(lab.account.state().monitors)
  await t.throwsAsync(take({ kind: 'monitor', id: ours }), { code: 'E_OBSERVE_OWNED' })
  await t.throwsAsync(take({ kind: 'monitor', id: '1' }), { code: 'E_ACCOUNT_GONE' })
  t.is(await box(), text)
  const [one, two] = [lab.account.add('monitors', monitor), lab.account.add('monitors', { ...monitor, priority: 3 })]
  await take({ kind: 'monitor', id: one })
  await t.throwsAsync(take({ kind: 'monitor', id: two }), { code: 'E_OUT' })
  await take({ kind: 'monitor', id: two, name: 'other' })
})

test('words of the command line', (t) => {
  t.deepEqual(importRequest(['monitor', '12'], undefined), { kind: 'monitor', id: '12', name: undefined })
  for (const [words, name] of [
    [[], undefined],
    [['slo', '1'], undefined],
    [['monitor'], undefined],
    [['monitor', 'abc'], undefined],
    [['dashboard', 'abc'], 'Mine'],
    [['dashboard', 'abc'], 'board'],
  ] as const)
    t.throws(() => importRequest(words, name), { code: 'E_USAGE' })
})

test('a name is added to a box file, and nothing else changes', (t) => {
  const cases = [
    ['box: a\n', 'box: a\nobserve: { boards: [x] }\n'],
    ['box: a', 'box: a\nobserve: { boards: [x] }\n'],
    ['observe: {}\n', 'observe: { boards: [x] }\n'],
    ['observe:\n  host: a # one\n', 'observe:\n  boards: [x]\n  host: a # one\n'],
    ['observe:\n  boards: []\n', 'observe:\n  boards: [x]\n'],
    ['observe:\n  boards: [ a ]\n', 'observe:\n  boards: [ a, x ]\n'],
    ['observe:\n  boards:\n    - a # one\n  host: b\n', 'observe:\n  boards:\n    - a\n    - x # one\n  host: b\n'],
    ['observe: { host: a, boards: [b] } # c\n', 'observe: { host: a, boards: [b, x] } # c\n'],
  ]
  for (const [before = '', after = ''] of cases) t.is(withName(before, 'boards', 'x', 'f'), after)
  t.throws(() => withName('observe: &a { boards: *a }\n', 'boards', 'x', 'f'))
  t.throws(() => withName('observe: 1\n', 'boards', 'x', 'f'), { code: 'E_BOX_EDIT' })
})
