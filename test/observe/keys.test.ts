import test from 'ava'
import { labApiKey, labApplicationKey } from '../../lab/account/server.ts'
import { type BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { credentialsFrom } from '../../scripts/lib/observe/account/credentials.ts'
import { labBox, openLab } from './_observe.ts'

const apiKey = 'ab'.repeat(16)
const applicationKey = 'cd'.repeat(20)

test('keys and site come from the environment, the site else from the box', (t) => {
  const environment = { DD_API_KEY: apiKey, DD_APP_KEY: applicationKey }
  t.deepEqual(credentialsFrom(environment, 'datadoghq.eu'), {
    apiKey,
    applicationKey,
    site: 'datadoghq.eu',
    url: 'https://api.datadoghq.eu',
  })
  t.is(
    credentialsFrom({ ...environment, DD_SITE: 'us5.datadoghq.com' }, 'datadoghq.eu').url,
    'https://api.us5.datadoghq.com',
  )
})

test('a new application key, with its prefix, is one', (t) => {
  const fresh = `ddapp_${'aB3'.repeat(11)}z`
  t.is(credentialsFrom({ DD_API_KEY: apiKey, DD_APP_KEY: fresh }, 'datadoghq.com').applicationKey, fresh)
  const error = t.throws<BoxhoundError>(() =>
    credentialsFrom({ DD_API_KEY: apiKey, DD_APP_KEY: fresh.slice(0, -1) }, 'datadoghq.com'),
  )
  t.is(error?.details.expected, '40 lower-case hexadecimal digits, or ddapp_ and 34 letters and digits')
  t.false(formatError(error).includes(fresh.slice(6, 20)))
})

const wrong: readonly [title: string, environment: NodeJS.ProcessEnv, code: string][] = [
  ['no API key', { DD_APP_KEY: applicationKey }, 'E_ACCOUNT_KEY'],
  ['an empty API key', { DD_API_KEY: '', DD_APP_KEY: applicationKey }, 'E_ACCOUNT_KEY'],
  ['an API key of 31 digits', { DD_API_KEY: apiKey.slice(1), DD_APP_KEY: applicationKey }, 'E_ACCOUNT_KEY'],
  [
    'an application key in place of the API key',
    { DD_API_KEY: applicationKey, DD_APP_KEY: applicationKey },
    'E_ACCOUNT_KEY',
  ],
  ['an API key in place of the application key', { DD_API_KEY: apiKey, DD_APP_KEY: apiKey }, 'E_ACCOUNT_KEY'],
  ['no application key', { DD_API_KEY: apiKey }, 'E_ACCOUNT_KEY'],
  [
    'an unknown site',
    { DD_API_KEY: apiKey, DD_APP_KEY: applicationKey, DD_SITE: 'us6.datadoghq.com' },
    'E_ACCOUNT_SITE',
  ],
]

for (const [title, environment, code] of wrong)
  test(`refused before a request, and told without the key: ${title}`, (t) => {
    const error = t.throws<BoxhoundError>(() => credentialsFrom(environment, 'datadoghq.com'))
    t.is(error?.code, code)
    t.is(error?.exitCode, 2)
    const text = formatError(error)
    for (const secret of [apiKey, apiKey.slice(1), applicationKey]) t.false(text.includes(secret))
    if (code === 'E_ACCOUNT_SITE') t.regex(text, /us3\.datadoghq\.com.*datadoghq\.eu[\s\S]*did you mean/)
  })

test('an API key that the site does not know is named as what it is', async (t) => {
  const lab = await openLab(t, { apiKeys: [apiKey] })
  const error = await t.throwsAsync<BoxhoundError>(lab.plan(await labBox()))
  t.is(error?.code, 'E_ACCOUNT_KEY')
  t.regex(error?.message ?? '', /DD_API_KEY does not belong to an account at datadoghq\.com/)
})

const lacking: readonly [permission: string, message: RegExp][] = [
  ['dashboards_write', /DD_APP_KEY may not make dashboards/],
  ['dashboards_read', /DD_APP_KEY may not read dashboards/],
  ['monitors_write', /DD_APP_KEY may not make monitors/],
  ['monitors_read', /DD_APP_KEY may not read monitors/],
  ['monitors_downtime', /DD_APP_KEY may not read downtimes/],
]
const all = [
  'dashboards_read',
  'dashboards_write',
  'monitors_read',
  'monitors_write',
  'monitors_downtime',
  'org_management',
]

for (const [permission, message] of lacking)
  test(`an application key without ${permission} is told which permission it lacks`, async (t) => {
    const lab = await openLab(t, { applicationKeys: { [labApplicationKey]: all.filter((one) => one !== permission) } })
    const error = await t.throwsAsync<BoxhoundError>(lab.apply(await labBox()))
    const text = formatError(error)
    t.regex(text, message)
    t.true(text.includes(`the permission ${permission}`))
    t.true(text.includes('the API key is valid'))
  })

test('an account whose time zone may not be read is told how to name one', async (t) => {
  const lab = await openLab(t, {
    applicationKeys: { [labApplicationKey]: all.filter((one) => one !== 'org_management') },
  })
  const error = await t.throwsAsync<BoxhoundError>(lab.plan(await labBox()))
  t.is(error?.code, 'E_ACCOUNT_TIMEZONE')
  t.regex(error?.details.next ?? '', /timezone: Europe\/Paris/)
})

test('keys travel in headers alone, and a server that repeats them is not quoted', async (t) => {
  const lab = await openLab(t, {
    fault: ({ path }) =>
      path === '/api/v1/dashboard'
        ? { kind: 'status', status: 400, body: JSON.stringify({ errors: [`bad ${labApiKey} ${labApplicationKey}`] }) }
        : undefined,
  })
  const error = await t.throwsAsync<BoxhoundError>(lab.plan(await labBox()))
  const text = formatError(error) + lab.told.join('\n') + JSON.stringify(error)
  t.regex(text, /bad \*{8} \*{8}/)
  for (const { path, query, body, headers } of lab.account.requests) {
    const visible = `${path}?${query} ${JSON.stringify(body)}`
    for (const key of [labApiKey, labApplicationKey]) {
      t.false(visible.includes(key))
      t.false(text.includes(key))
    }
    t.is(headers['dd-api-key'], labApiKey)
  }
})
