import test from 'ava'
import { originOf } from '../../scripts/lib/wire/origin.ts'
import { pointAgent, provoke } from '../../scripts/lib/wire/point.ts'
import { expectations } from './_received.ts'
import { machine } from './_session.ts'

const answers = { 'date +%s': '1764000000\n', 'datadog-agent status': '{"metadata":{"meta":{"hostname":"small-1"}}}\n' }

test('the Agent is started anew with the addresses of the intake, and its own name for the host is asked of it then', async (t) => {
  const { session, asked } = machine(answers)
  const before = Date.now() / 1000
  const { host, started, ahead } = await pointAgent(session, 4711)
  const after = Date.now() / 1000
  t.is(host, 'small-1')
  t.is(started, 1_764_000_000)
  t.true(ahead >= started - after && ahead <= started - before)
  t.regex(asked[0]?.stdin ?? '', /^DD_DD_URL="http:\/\/127\.0\.0\.1:4711"$/m)
  const places = ['date', 'restart datadog-agent', 'datadog-agent status'].map((part) =>
    asked.findIndex(({ command }) => command.includes(part)),
  )
  t.deepEqual(places, [1, 2, 3])
})

for (const [title, told] of [
  ['no host name', { 'datadog-agent status': '{}\n' }],
  ['words in place of a status', { 'datadog-agent status': 'Error: none\n' }],
  ['no time', { 'date +%s': '' }],
] as const)
  test(`a machine that tells ${title} can’t be judged`, async (t) => {
    const { session } = machine({ ...answers, ...told })
    await t.throwsAsync(pointAgent(session, 4711), { code: 'E_WIRE' })
  })

test('what may come is bounded by the machine’s own clock, with a minute on either side', (t) => {
  const pointed = { host: 'small-1', started: 5000, ahead: 4000 }
  t.deepEqual(originOf(pointed, 1030.7), { host: 'small-1', from: 4940, to: 5090 })
  t.deepEqual(originOf({ ...pointed, ahead: -500 }, 6000), { host: 'small-1', from: 4940, to: 5560 })
})

test('each route is called and each log of the database gets a line', async (t) => {
  const { session, asked } = machine()
  const lines = await provoke(session, expectations)
  t.deepEqual(Object.keys(lines), ['/var/log/mysql/error.log'])
  t.true(asked[0]?.command.includes('http://127.0.0.1:5050/api/apm'))
  t.is(asked[1]?.stdin, `${lines['/var/log/mysql/error.log']}\n`)
})
