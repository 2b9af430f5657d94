import { connect } from 'node:net'
import { createServer } from 'node:tls'
import test, { type ExecutionContext } from 'ava'
import { startAccount } from '../../lab/account/server.ts'
import { type BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { planFor } from '../../scripts/lib/observe/plan.ts'
import { withAccount } from '../../scripts/lib/observe/session.ts'
import { type Authority, makeAuthority } from '../fetch/_authority.ts'
import { startProxy } from '../fetch/_proxy.ts'
import { actionsOf, everything, labBox, noted, now, project } from './_observe.ts'

const apiKey = 'ab'.repeat(16)
const applicationKey = 'cd'.repeat(20)
const keys = { DD_API_KEY: apiKey, DD_APP_KEY: applicationKey }
const permissions = [
  'dashboards_read',
  'dashboards_write',
  'monitors_read',
  'monitors_write',
  'monitors_downtime',
  'org_management',
]

/** An account behind TLS, with the certificate of the API's host at a site; returns its port. */
const secureAccount = async (t: ExecutionContext, authority: Authority, host: string) => {
  const account = await startAccount({
    apiKeys: [apiKey],
    applicationKeys: { [applicationKey]: permissions },
    clock: () => now,
  })
  const server = createServer(authority.sign([host]), (client) => {
    const upstream = connect(Number(new URL(account.url).port), '127.0.0.1')
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy())
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy())
    upstream.pipe(client).pipe(upstream)
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    await account.close()
    server.close()
  })
  const address = server.address()
  return { account, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

const planBy = async (environment: NodeJS.ProcessEnv, told: string[] = []) => {
  const box = await labBox()
  const { patience } = noted()
  return withAccount(
    box,
    { standIn: null, environment, tell: (line) => told.push(line), patience },
    project,
    (gateway) => planFor(box, gateway, { now, destroy: false }, project),
  )
}

test('the account of a site is reached through a proxy, and trusted by the bundle of a closed network', async (t) => {
  const authority = await makeAuthority(t)
  const { account, port } = await secureAccount(t, authority, 'api.datadoghq.eu')
  const proxy = await startProxy(t, { port })
  const environment = {
    ...keys,
    DD_SITE: 'datadoghq.eu',
    HTTPS_PROXY: `http://user:secret-word@${proxy.host}`,
    SSL_CERT_FILE: authority.bundle,
  }
  const plan = await planBy(environment)
  t.deepEqual(
    actionsOf(plan),
    everything.map((one) => `add ${one}`),
  )
  t.true(account.requests.length > 5)
  t.deepEqual([...new Set(proxy.asked.map(({ line }) => line))], ['CONNECT api.datadoghq.eu:443'])
})

test('a certificate that nobody here trusts is refused before a key is sent', async (t) => {
  const authority = await makeAuthority(t)
  const { account, port } = await secureAccount(t, authority, 'api.datadoghq.com')
  const proxy = await startProxy(t, { port })
  const error = await t.throwsAsync<BoxhoundError>(planBy({ ...keys, HTTPS_PROXY: `http://${proxy.host}` }))
  t.is(error?.code, 'E_FETCH_TLS')
  // The server is asked once more for whom it is signed by, without a key (fetch/trust.ts).
  t.deepEqual(
    account.requests.map(({ method, path, headers }) => [
      method,
      path,
      headers['dd-api-key'],
      headers['dd-application-key'],
    ]),
    [['HEAD', '/', undefined, undefined]],
  )
})

test('a proxy that is not there is an error without keys and passwords, after a bounded number of tries', async (t) => {
  const told: string[] = []
  const error = await t.throwsAsync<BoxhoundError>(
    planBy({ ...keys, HTTPS_PROXY: 'http://user:secret-word@127.0.0.1:9' }, told),
  )
  t.is(error?.code, 'E_FETCH_CONNECT')
  t.is(told.length, 3)
  const text = formatError(error) + told.join('\n')
  for (const secret of [apiKey, applicationKey, 'secret-word']) t.false(text.includes(secret))
})
