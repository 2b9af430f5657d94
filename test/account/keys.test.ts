import test from 'ava'
import { allPermissions, labApiKey, labApplicationKey } from '../../lab/account/server.ts'
import { call, dashboard, downtime, errorsOf, keyHeaders, monitor, pick, start } from './_account.ts'

test('the lab’s keys have the form of real ones', (t) => {
  t.regex(labApiKey, /^[0-9a-f]{32}$/)
  t.regex(labApplicationKey, /^[0-9a-f]{40}$/)
})

test('an API key is validated without an application key', async (t) => {
  const account = await start(t)
  const answer = await call(account, 'GET', '/api/v1/validate', undefined, { 'dd-api-key': labApiKey })
  t.is(answer.status, 200)
  t.deepEqual(answer.body, { valid: true })
})

test('no key and unknown keys are forbidden', async (t) => {
  const account = await start(t)
  const wrong = 'f'.repeat(32)
  for (const headers of [{}, { 'dd-api-key': wrong }]) {
    const answer = await call(account, 'GET', '/api/v1/validate', undefined, headers)
    t.is(answer.status, 403)
    t.deepEqual(answer.body, { errors: ['Forbidden'] })
  }
  for (const headers of [
    {},
    { 'dd-api-key': labApiKey },
    { ...keyHeaders, 'dd-api-key': wrong },
    { ...keyHeaders, 'dd-application-key': wrong },
    { ...keyHeaders, 'dd-application-key': 'constructor' },
  ])
    for (const path of [
      '/api/v1/dashboard',
      '/api/v1/monitor',
      '/api/v2/downtime',
      '/api/v2/org_configs/monitor_timezone',
    ])
      t.is((await call(account, 'GET', path, undefined, headers)).status, 403, path)
})

test('each operation needs its own permission, and no other', async (t) => {
  const operations: [string, string, string, unknown?][] = [
    ['dashboards_read', 'GET', '/api/v1/dashboard'],
    ['dashboards_read', 'GET', '/api/v1/dashboard/x'],
    ['dashboards_write', 'POST', '/api/v1/dashboard', dashboard()],
    ['dashboards_write', 'PUT', '/api/v1/dashboard/x', dashboard()],
    ['dashboards_write', 'DELETE', '/api/v1/dashboard/x'],
    ['monitors_read', 'GET', '/api/v1/monitor'],
    ['monitors_read', 'GET', '/api/v1/monitor/1'],
    ['monitors_write', 'POST', '/api/v1/monitor', monitor()],
    ['monitors_read', 'POST', '/api/v1/monitor/validate', monitor()],
    ['monitors_write', 'PUT', '/api/v1/monitor/1', monitor()],
    ['monitors_write', 'DELETE', '/api/v1/monitor/1'],
    ['monitors_downtime', 'GET', '/api/v2/downtime'],
    ['monitors_downtime', 'GET', '/api/v2/downtime/x'],
    ['monitors_downtime', 'POST', '/api/v2/downtime', downtime()],
    ['monitors_downtime', 'PATCH', '/api/v2/downtime/x', downtime()],
    ['monitors_downtime', 'DELETE', '/api/v2/downtime/x'],
    ['org_management', 'GET', '/api/v2/org_configs/monitor_timezone'],
  ]
  const keyWith = Object.fromEntries(allPermissions.map((permission) => [`only-${permission}`, [permission]]))
  const keyWithout = Object.fromEntries(
    allPermissions.map((permission) => [`no-${permission}`, allPermissions.filter((other) => other !== permission)]),
  )
  const account = await start(t, { applicationKeys: { ...keyWith, ...keyWithout } })
  for (const [permission, method, path, body] of operations) {
    const using = (key: string) => call(account, method, path, body, { ...keyHeaders, 'dd-application-key': key })
    const refused = await using(`no-${permission}`)
    t.is(refused.status, 403, `${method} ${path}`)
    t.deepEqual(refused.body, { errors: ['Failed permission authorization checks'] })
    t.not((await using(`only-${permission}`)).status, 403, `${method} ${path}`)
  }
})

test('a key in a URL is refused and remembered, and the key itself is not', async (t) => {
  const account = await start(t)
  const path = `/api/v1/dashboard?api_key=${labApiKey}&application_key=${labApplicationKey}`
  t.is((await call(account, 'GET', path)).status, 400)
  t.is((await call(account, 'GET', `/api/v1/monitor?name=${labApplicationKey}`)).status, 400)
  t.is((await call(account, 'GET', '/api/v1/monitor?name=fine')).status, 200)
  t.deepEqual(account.state().problems, [
    'GET /api/v1/dashboard: a key in the URL, as parameter api_key',
    'GET /api/v1/monitor: a key in the URL, as parameter name',
  ])
})

test('other paths are not found, other methods not allowed', async (t) => {
  const account = await start(t)
  for (const path of ['/', '/api/v1/dash', '/api/v1/dashboard/a/b', '/api/v1/monitor/abc', '/api/v2/org_configs'])
    t.deepEqual(await call(account, 'GET', path).then(({ status, body }) => [status, body]), [
      404,
      { errors: ['Not found'] },
    ])
  t.is((await call(account, 'GET', '/api/v1/dashboard/%ff')).status, 404)
  for (const [method, path] of [
    ['PATCH', '/api/v1/dashboard'],
    ['POST', '/api/v1/dashboard/x'],
    ['PUT', '/api/v2/downtime/x'],
    ['GET', '/api/v1/monitor/validate'],
    ['DELETE', '/api/v1/validate'],
  ] as const)
    t.is((await call(account, method, path)).status, 405, `${method} ${path}`)
})

test('names of the language are no ids', async (t) => {
  const account = await start(t)
  for (const id of ['constructor', '__proto__', 'toString'])
    for (const path of [`/api/v1/dashboard/${id}`, `/api/v2/downtime/${id}`])
      t.is((await call(account, 'GET', path)).status, 404, path)
})

test('a body must be JSON and say so', async (t) => {
  const account = await start(t)
  t.is((await call(account, 'POST', '/api/v1/dashboard', '{"a":')).status, 400)
  t.is(
    (await call(account, 'POST', '/api/v1/dashboard', '{}', { ...keyHeaders, 'content-type': 'text/plain' })).status,
    415,
  )
  t.is((await call(account, 'POST', '/api/v1/dashboard', JSON.stringify('x'.repeat(6_000_000)))).status, 413)
  t.deepEqual(errorsOf(await call(account, 'POST', '/api/v1/dashboard', '[]')), ['expected an object, found an array'])
})

test('the organisation’s time zone is read, other settings are unknown', async (t) => {
  const account = await start(t)
  const answer = await call(account, 'GET', '/api/v2/org_configs/monitor_timezone')
  t.is(pick(answer.body, 'data.type'), 'org_configs')
  t.like(pick(answer.body, 'data.attributes') as object, { name: 'monitor_timezone', value: 'Europe/Paris' })
  t.is((await call(account, 'GET', '/api/v2/org_configs/other')).status, 404)
  const other = await start(t, { timezone: 'Asia/Tokyo' })
  const tokyo = await call(other, 'GET', '/api/v2/org_configs/monitor_timezone')
  t.is(pick(tokyo.body, 'data.attributes.value'), 'Asia/Tokyo')
})
