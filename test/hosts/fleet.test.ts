import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { startFleet } from '../../scripts/lib/hosts/fleet.ts'
import { type FleetResults, isGreen } from '../../scripts/lib/hosts/results.ts'
import { changed, healthy } from './_facts.ts'
import { endless, fleetOptions, hostOf, portThat, saying } from './_hosts.ts'

const named = (name: string): string =>
  JSON.stringify(
    changed(
      changed(healthy(), 'status/document/metadata/meta/hostname', name),
      'host/machine',
      `${name}0123456789abcdef`.replaceAll(/[^0-9a-f]/g, '0').slice(0, 16),
    ),
  )

const observed = ({ hosts }: FleetResults, name: string): string =>
  hosts.find((host) => host.name === name)?.checks.find(({ id }) => id === 'host.login')?.observed ?? ''

test('good, broken and hostile hosts: each has its own result, in the given order', async (t) => {
  const silent = await portThat(t)
  const closed = await portThat(t, 'HTTP/1.1 400 Bad Request\r\n\r\n')
  const good = await hostOf(t, 'good', saying(named('a1')))
  const wishes = [
    { ...good, name: 'silent', port: silent },
    { ...good, name: 'no-ssh', port: closed },
    good,
    await hostOf(t, 'endless', endless),
    await hostOf(t, 'mute', () => {}),
    await hostOf(t, 'bomb', saying(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)),
    await hostOf(t, 'liar', saying('{"format":1,"root":"yes","status":[],"agent":{"kind":7}}')),
    await hostOf(t, 'html', saying('<html>')),
    await hostOf(t, 'red', saying(JSON.stringify(changed(healthy(), 'after', 13)))),
    { ...good, name: 'impostor', hostKey: `SHA256:${'A'.repeat(43)}` },
  ]
  const seen: string[] = []
  const results = await startFleet(wishes, {
    ...fleetOptions,
    hostDeadline: 10,
    onHost: ({ name }) => seen.push(name),
  }).done
  t.deepEqual(
    results.hosts.map(({ name, status }) => `${name} ${status}`),
    [
      'silent lost',
      'no-ssh lost',
      'good passed',
      'endless lost',
      'mute lost',
      'bomb lost',
      'liar failed',
      'html lost',
      'red failed',
      'impostor lost',
    ],
  )
  t.is(seen.length, wishes.length)
  t.true(seen.indexOf('good') < seen.indexOf('silent'), 'a silent host holds nobody back')
  t.regex(observed(results, 'silent'), /did not finish within 10 s/)
  t.regex(observed(results, 'mute'), /did not finish within 10 s/)
  t.regex(observed(results, 'endless'), /printed more than 4194304 bytes/)
  t.regex(observed(results, 'bomb'), /did not describe itself/)
  t.regex(observed(results, 'impostor'), /unexpected host key/)
  t.true(results.complete)
  t.false(isGreen(results))
  t.deepEqual([results.passed, results.failed, results.lost], [1, 2, 7])
})

test('a fleet is green when every host is', async (t) => {
  const wishes = await Promise.all(['a', 'b', 'c'].map((name) => hostOf(t, name, saying(named(name)))))
  const results = await startFleet(wishes, fleetOptions).done
  t.true(
    isGreen(results),
    JSON.stringify(results.hosts.map(({ checks }) => checks.filter(({ status }) => status === 'failed'))),
  )
  t.deepEqual(
    results.fleet.map(({ id }) => id),
    ['fleet.hostnames', 'fleet.host-keys', 'fleet.versions', 'fleet.systems', 'fleet.keys', 'fleet.tags'],
  )
})

test('clones that report as one host turn the fleet red, although each host is green', async (t) => {
  const wishes = await Promise.all(['a', 'b'].map((name) => hostOf(t, name, saying(named('same')))))
  const results = await startFleet([...wishes, await hostOf(t, 'c', saying(named('other')))], fleetOptions).done
  t.is(results.passed, 3)
  t.false(isGreen(results))
  t.regex(results.fleet[0]?.observed ?? '', /^a, b report as one host, same, and have the same machine id$/)
})

test('when the time is up, hosts whose turn did not come are lost, not green', async (t) => {
  const mute = await hostOf(t, 'mute', () => {})
  const good = await hostOf(t, 'late', saying(named('late')))
  const results = await startFleet([mute, good], { ...fleetOptions, parallel: 1, deadline: 1, hostDeadline: 1 }).done
  t.deepEqual(
    results.hosts.map(({ status }) => status),
    ['lost', 'lost'],
  )
  t.regex(observed(results, 'late'), /its turn did not come within 1 s/)
  t.false(isGreen(results))
})

/** ssh_config with a proxy that connects as the test says. */
const configOf = (t: ExecutionContext, command: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'config'), `Host *\n  ProxyCommand ${command}\n`, { mode: 0o600 })
  return join(folder, 'config')
}

test('a ProxyCommand is the connection, and the host key is still the host’s', async (t) => {
  const good = await hostOf(t, 'behind', saying(named('a')))
  const relay = `const s = require('net').connect(%p, '127.0.0.1'); process.stdin.pipe(s).pipe(process.stdout)`
  const config = configOf(t, `${process.execPath} -e "${relay}"`)
  const wishes = [
    { ...good, host: 'nowhere.invalid' },
    { ...good, name: 'impostor', hostKey: `SHA256:${'A'.repeat(43)}` },
  ]
  const results = await startFleet(wishes, { ...fleetOptions, config }).done
  t.deepEqual(
    results.hosts.map(({ status }) => status),
    ['passed', 'lost'],
  )
  t.regex(observed(results, 'impostor'), /unexpected host key/)
})

test('a proxy that fails is told in its own words', async (t) => {
  const good = await hostOf(t, 'behind', saying(named('a')))
  const results = await startFleet([good], {
    ...fleetOptions,
    config: configOf(t, 'sh -c "echo no route >&2; exit 1"'),
  }).done
  t.regex(observed(results, 'behind'), /the proxy said: no route/)
})

test('an interrupted run has the results that were there, and is not complete', async (t) => {
  const good = await hostOf(t, 'good', saying(named('a')))
  const mute = await hostOf(t, 'mute', () => {})
  let end = (): void => {}
  const fleet = startFleet([good, mute], { ...fleetOptions, onHost: () => end() })
  end = fleet.end
  const results = await fleet.done
  t.deepEqual(
    results.hosts.map(({ name }) => name),
    ['good'],
  )
  t.false(results.complete)
  t.false(isGreen(results))
})

test('what a host says is scrubbed and printable in every result', async (t) => {
  const key = 'a'.repeat(32)
  const words = `\u001b]0;title\u0007 password=hunter2 api_key: ${key}`
  const wish = await hostOf(
    t,
    'loud',
    saying(JSON.stringify(changed(healthy(), 'status/document/runnerStats/Checks/cpu/cpu/LastError', words))),
  )
  const results = await startFleet([wish], fleetOptions).done
  const text = JSON.stringify(results)
  t.false(/hunter2|aaaaaaaa|\u001b/.test(text))
  t.regex(text, /title/)
})
