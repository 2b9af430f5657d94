import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { startAccount } from '../../lab/account/server.ts'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { startScript } from '../helpers/_child.ts'
import { call, dashboard, downtime, monitor, pick, start } from './_account.ts'

const folder = async (t: ExecutionContext): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'account-'))
  t.teardown(() => rm(path, { recursive: true, force: true }))
  return path
}

test('the state is in the file before a change is answered, and an account begins with it', async (t) => {
  const parent = await folder(t)
  const stateFile = join(parent, 'deep', 'state.json')
  const account = await start(t, { stateFile })
  for (const [path, body] of [
    ['/api/v1/dashboard', dashboard()],
    ['/api/v1/monitor', monitor()],
    ['/api/v2/downtime', downtime()],
  ] as const) {
    t.is((await call(account, 'POST', path, body)).status, 200)
    t.deepEqual(JSON.parse(await readFile(stateFile, 'utf8')), account.state())
  }
  t.deepEqual(await readdir(join(parent, 'deep')), ['state.json'])
  await account.close()
  const next = await start(t, { stateFile })
  t.deepEqual(next.state(), account.state())
  const created = await call(next, 'POST', '/api/v1/dashboard', dashboard())
  t.false(pick(created.body, 'id') === Object.keys(account.state().dashboards)[0])
})

test('a file that is no state is an error that names it', async (t) => {
  const stateFile = join(await folder(t), 'state.json')
  for (const text of ['', '{', '{}', '{"dashboards":[]}']) {
    await writeFile(stateFile, text)
    const error = await t.throwsAsync(startAccount({ stateFile }), { instanceOf: BoxhoundError })
    t.is(error?.code, 'E_ACCOUNT_STATE')
    t.is(error?.details.file, stateFile)
  }
})

test('a change that cannot be written is no change', async (t) => {
  const parent = await folder(t)
  const account = await start(t, { stateFile: join(parent, 'file', 'state.json') })
  await writeFile(join(parent, 'file'), 'in the way')
  t.is((await call(account, 'POST', '/api/v1/dashboard', dashboard())).status, 500)
  t.deepEqual(account.state().dashboards, {})
  await rm(join(parent, 'file'))
  t.is((await call(account, 'POST', '/api/v1/dashboard', dashboard())).status, 200)
})

test('a signal while a change is written waits for the file, and ends the process as a signal does', async (t) => {
  const parent = await folder(t)
  const { ended } = startScript(t, new URL('_interrupted.ts', import.meta.url), [join(parent, 'state.json')])
  t.is((await ended).code, 130)
  t.deepEqual(await readdir(parent), ['state.json'])
  const { monitors } = JSON.parse(await readFile(join(parent, 'state.json'), 'utf8'))
  t.is(Object.keys(monitors).length, 1)
})

test('the same requests give the same account', async (t) => {
  const fill = async () => {
    const account = await start(t)
    await call(account, 'POST', '/api/v1/monitor', monitor())
    await call(account, 'POST', '/api/v1/dashboard', { title: 'refused' })
    await call(account, 'POST', '/api/v1/dashboard', dashboard())
    await call(account, 'POST', '/api/v2/downtime', downtime())
    return account.state()
  }
  t.deepEqual(await fill(), await fill())
})

test('of identical monitors sent at once, one is made', async (t) => {
  const account = await start(t, { stateFile: join(await folder(t), 'state.json') })
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => call(account, 'POST', '/api/v1/monitor', monitor())),
  )
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array<number>(7).fill(400)])
  t.is(Object.keys(account.state().monitors).length, 1)
})

test('somebody else’s hand: resources are changed and added from outside', async (t) => {
  const account = await start(t)
  const { body } = await call(account, 'POST', '/api/v1/monitor', monitor())
  const id = Number(pick(body, 'id'))
  account.edit('monitors', id, (resource) => ({ ...resource, name: 'changed by hand' }))
  t.is(pick((await call(account, 'GET', `/api/v1/monitor/${id}`)).body, 'name'), 'changed by hand')
  const other = account.add('dashboards', { title: 'made by hand' })
  t.deepEqual((await call(account, 'GET', `/api/v1/dashboard/${other}`)).body, { id: other, title: 'made by hand' })
  t.is(account.add('monitors', { id: 7, name: 'seven' }), '7')
  const error = t.throws(() => account.edit('downtimes', 'x', (resource) => resource), { instanceOf: BoxhoundError })
  t.is(error?.code, 'E_ACCOUNT_ID')
})

test('the state that is handed out is a copy', async (t) => {
  const account = await start(t)
  account.state().problems.push('x')
  t.deepEqual(account.state().problems, [])
})
