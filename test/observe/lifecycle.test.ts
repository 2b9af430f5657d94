import test from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { actionsOf, everything, labBox, openLab } from './_observe.ts'

test('an empty account gets everything, once: a second run finds nothing to do', async (t) => {
  const lab = await openLab(t)
  const box = await labBox()
  t.deepEqual(
    await lab.apply(box),
    everything.map((one) => `add ${one}`),
  )
  const before = lab.account.state()
  t.deepEqual(await lab.apply(box), [])
  t.deepEqual(lab.account.state(), before)
  t.deepEqual(before.problems, [])
})

test('planning changes nothing and asks whether the monitors would be taken', async (t) => {
  const lab = await openLab(t)
  t.deepEqual(
    actionsOf(await lab.plan(await labBox())),
    everything.map((one) => `add ${one}`),
  )
  t.deepEqual(lab.account.state().monitors, {})
  const writes = lab.account.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path)
  t.deepEqual([...new Set(writes)], ['/api/v1/monitor/validate'])
})

test('what the files change is shown field by field, and nothing else is', async (t) => {
  const lab = await openLab(t)
  await lab.apply(await labBox())
  const changed = await labBox({ handles: ['@slack-ops'], monitors: { my_metric: 'once' } })
  const plan = await lab.plan(changed)
  t.deepEqual(
    actionsOf(plan),
    everything.filter((one) => one.startsWith('monitor')).map((one) => `change ${one}`),
  )
  const mine = plan.changes.find(({ name }) => name === 'my_metric')
  t.is(mine?.reason, 'changed in the files')
  t.deepEqual(mine?.fields.map(({ path }) => path).sort(), ['message', 'query'])
  t.is(
    mine?.fields.find(({ path }) => path === 'query')?.to,
    'max(last_5m):max:my_metric{env:trial,role:database,region:local} by {host} > 800',
  )
  t.is((await lab.apply(changed)).length, 4)
  t.deepEqual(await lab.apply(changed), [])
})

test('a monitor that is switched off is removed, and made again when it is switched on', async (t) => {
  const lab = await openLab(t)
  await lab.apply(await labBox())
  t.deepEqual(await lab.apply(await labBox({ monitors: { app: false } })), ['remove monitor app'])
  t.deepEqual(await lab.apply(await labBox()), ['add monitor app'])
})

test('destroy removes what is ours and nothing else', async (t) => {
  const lab = await openLab(t)
  const foreign = lab.account.add('monitors', {
    name: 'somebody’s own',
    type: 'query alert',
    query: 'avg(last_5m):avg:system.load.1{*} > 4',
    message: '',
    tags: ['team:ours'],
    options: {},
  })
  const board = lab.account.add('dashboards', {
    title: 'lab: checks, database, app and host',
    description: 'no mark',
    layout_type: 'ordered',
    widgets: [],
  })
  const box = await labBox()
  const other = { ...box, name: 'other' }
  await lab.apply(other)
  const before = lab.account.state()
  await lab.apply(box)
  t.deepEqual(
    await lab.apply(box, true),
    everything.map((one) => `remove ${one}`),
  )
  const after = lab.account.state()
  t.deepEqual(Object.keys(after.monitors), Object.keys(before.monitors))
  t.true(foreign in after.monitors)
  t.deepEqual(Object.keys(after.dashboards), Object.keys(before.dashboards))
  t.true(board in after.dashboards)
  t.deepEqual(actionsOf(await lab.plan(other)), [])
  t.deepEqual(await lab.apply(box, true), [])
})

test('downtimes start in the zone of the account, at their next hour, and keep that date later on', async (t) => {
  const lab = await openLab(t, { timezone: 'America/New_York' })
  await lab.apply(await labBox())
  const starts = Object.values(lab.account.state().downtimes).map((one) =>
    JSON.stringify(one).match(/"timezone":"[^"]+"|"start":"[^"]+T\d\d:\d\d"/g),
  )
  t.true(JSON.stringify(starts).includes('America/New_York'))
  t.true(JSON.stringify(starts).includes('2026-11-26T19:00'))
  t.true(JSON.stringify(starts).includes('2026-11-28T00:00'))
})

test('a zone named in the box file needs no right to read the account’s settings', async (t) => {
  const lab = await openLab(t)
  await lab.plan(await labBox({ timezone: 'Asia/Tokyo' }))
  t.false(lab.account.requests.some(({ path }) => path.includes('org_configs')))
})

test('pages are read to their end: ours is found behind a hundred others', async (t) => {
  const lab = await openLab(t)
  for (let number = 0; number < 130; number++) {
    lab.account.add('dashboards', { title: `other ${number}`, description: null, layout_type: 'ordered', widgets: [] })
    lab.account.add('monitors', {
      name: `other ${number}`,
      type: 'query alert',
      query: `avg(last_5m):avg:a.b{*} > ${number}`,
      message: '',
      tags: ['boxhound_box:lab'],
      options: {},
    })
  }
  const box = await labBox()
  await lab.apply(box)
  t.deepEqual(await lab.apply(box), [])
})

for (const [status, text] of [
  [401, 'monitor [1,it] is referenced in slos: [8,uptime]'],
  [400, 'monitor [1,it] is part of the following composite monitors: 9'],
] as const) {
  test(`destroy: what something else uses (${status}) is told as such and stays, all the rest goes`, async (t) => {
    let used = ''
    const lab = await openLab(t, {
      fault: ({ method, path }) =>
        method === 'DELETE' && path === `/api/v1/monitor/${used}`
          ? { kind: 'status', status, body: JSON.stringify({ errors: [text] }) }
          : undefined,
    })
    const box = await labBox()
    await lab.apply(box)
    used = Object.keys(lab.account.state().monitors)[0] ?? ''
    const error = await t.throwsAsync<BoxhoundError>(lab.apply(box, true))
    t.is(error?.code, 'E_OBSERVE_APPLY')
    t.regex(error?.message ?? '', /the monitor is in use by something else in the account/)
    t.true(error?.details.found?.includes(text))
    t.regex(error?.details.found ?? '', /not done: remove monitor my_metric$/)
    t.regex(error?.details.next ?? '', /^remove the monitor from whatever uses it; then run it again/)
    const { monitors, dashboards } = lab.account.state()
    t.deepEqual([Object.keys(monitors), dashboards], [[used], {}])
    t.deepEqual(actionsOf(await lab.plan(box, true)), ['remove monitor my_metric'])
    used = ''
    t.deepEqual(await lab.apply(box, true), ['remove monitor my_metric'])
  })
}

test('a dashboard that somebody removes after it was listed is one that is not there', async (t) => {
  let gone = false
  const lab = await openLab(t, {
    fault: ({ method, path }) =>
      gone && method === 'GET' && /^\/api\/v1\/dashboard\/./.test(path)
        ? { kind: 'status', status: 404, body: '{"errors":["Dashboard with ID x not found"]}' }
        : undefined,
  })
  const box = await labBox()
  await lab.apply(box)
  gone = true
  t.deepEqual(actionsOf(await lab.plan(box)), ['add dashboard board'])
})

test('a monitor is validated with the tags that it will have: an organization may have rules for them', async (t) => {
  const lab = await openLab(t)
  await lab.apply(await labBox())
  const asked = lab.account.requests.filter(({ path }) => path.endsWith('/validate'))
  const made = lab.account.requests.filter(({ method, path }) => method === 'POST' && path === '/api/v1/monitor')
  const bodies = (seen: typeof asked) => seen.map(({ body }) => JSON.stringify(body)).sort()
  t.is(asked.length, 4)
  t.deepEqual(bodies(asked), bodies(made))
})

test('a widget that the account refuses is told with the file that it stands in', async (t) => {
  const lab = await openLab(t, {
    fault: ({ method, path }) =>
      method === 'POST' && path === '/api/v1/dashboard'
        ? { kind: 'status', status: 400, body: '{"errors":["Invalid widgets[1].definition.widgets[0].definition"]}' }
        : undefined,
  })
  const error = await t.throwsAsync<BoxhoundError>(lab.apply(await labBox()))
  t.is(error?.details.file, 'provision/50-checks/my_metric/observe.yaml.hbs')
})
