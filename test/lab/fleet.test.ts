import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { makeKey } from '../../lab/fleet/key.ts'
import { startFleetServers } from '../../lab/fleet/server.ts'
import { startFleet } from '../../scripts/lib/hosts/fleet.ts'
import { isGreen } from '../../scripts/lib/hosts/results.ts'
import { fleetOptions } from '../hosts/_hosts.ts'

const facts = readFileSync('lab/fleet/facts.json', 'utf8')

const fleetOf = async (t: ExecutionContext, count: number) => {
  const fleet = await startFleetServers(count, facts)
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
  t.teardown(async () => {
    rmSync(folder, { recursive: true })
    await fleet.close()
  })
  const verify = (pem: string) => {
    const key = join(folder, 'id')
    writeFileSync(key, pem, { mode: 0o600 })
    const wishes = fleet.hosts.map((host) => ({ ...host, host: '127.0.0.1', user: 'root', key, tags: [] }))
    return startFleet(wishes, fleetOptions).done
  }
  return { fleet, verify }
}

test('a fleet of made-up hosts is green, each host under its own name', async (t) => {
  const { fleet, verify } = await fleetOf(t, 8)
  const results = await verify(fleet.userKey)
  t.true(isGreen(results), JSON.stringify(results.fleet))
  t.deepEqual(
    results.hosts.map(({ facts: found }) => found?.hostname),
    fleet.hosts.map(({ name }) => name),
  )
})

test('another key than the fleet’s lets nobody in', async (t) => {
  const { verify } = await fleetOf(t, 2)
  const results = await verify(makeKey().pem)
  t.deepEqual(
    results.hosts.map(({ status }) => status),
    ['lost', 'lost'],
  )
})
