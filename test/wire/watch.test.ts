import test from 'ava'
import type { Received } from '../../lab/intake/payloads.ts'
import { watch } from '../../scripts/lib/wire/watch.ts'
import { expectations, healthy } from './_received.ts'
import { machine } from './_session.ts'

/** What `healthy` was sent by: its line of the database is not the one that is written, its time is long ago. */
const bare = { ...expectations, database: null, app: null, agent: { ...expectations.agent, logs: false }, checks: [] }
const now = Math.floor(Date.now() / 1000)
const pointed = { host: 'small-1', started: now, ahead: 0 }
const good: Received = { ...healthy, serviceChecks: healthy.serviceChecks.map((one) => ({ ...one, timestamp: now })) }

const watched = async (received: () => Received, deadline: number) => {
  const told: string[] = []
  const results = await watch({
    session: machine().session,
    pointed,
    expectations: bare,
    received,
    deadline,
    onResult: ({ id, status }) => told.push(`${id} ${status}`),
  })
  return { told, results }
}

test('a machine that is well is told so, each check once', async (t) => {
  const { told, results } = await watched(() => good, 60)
  t.deepEqual(told, ['wire.host-tags passed', 'wire.service-checks passed', 'wire.encodings passed'])
  t.deepEqual(
    results.map(({ status }) => status),
    ['passed', 'passed', 'passed'],
  )
})

test('what arrives after a check has passed is judged, too', async (t) => {
  const stranger = { ...good, hosts: good.hosts.map((host) => ({ ...host, name: 'another-box' })) }
  let asked = 0
  const { told, results } = await watched(() => (asked++ === 0 ? good : stranger), 60)
  t.deepEqual(told.slice(0, 3), ['wire.host-tags passed', 'wire.service-checks passed', 'wire.host-tags failed'])
  t.deepEqual(
    results.map(({ id, status }) => `${id} ${status}`),
    ['wire.host-tags failed', 'wire.service-checks passed', 'wire.encodings passed'],
  )
})

test('when the time is over, what is missing is red, in few words', async (t) => {
  const names = Array.from({ length: 30 }, (_, index) => `box-${index}`)
  const hosts = good.hosts.flatMap((host) => names.map((name) => ({ ...host, name })))
  const { results } = await watched(() => ({ ...good, hosts }), -1)
  t.is(results[0]?.status, 'failed')
  t.is(results[0]?.observed.split('\n').length, 21)
  t.regex(results[0]?.observed ?? '', /and 10 more$/)
})
