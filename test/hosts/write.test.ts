import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { columnsOf, formatPage } from '../../scripts/lib/hosts/page.ts'
import { formatFleet, formatHost } from '../../scripts/lib/hosts/report.ts'
import type { FleetResults, HostResult } from '../../scripts/lib/hosts/results.ts'
import { fileNames, writeHosts } from '../../scripts/lib/hosts/write.ts'

const folderFor = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

const hostOf = (name: string, status: HostResult['status'], id = 'agent.running'): HostResult => ({
  name,
  address: 'root@192.0.2.1:22',
  status,
  seconds: 0.5,
  labAgent: false,
  facts: null,
  checks: [
    {
      id,
      title: 'A check',
      status: status === 'passed' ? 'passed' : 'failed',
      seconds: 0,
      expected: 'right',
      observed: '<script>alert(1)</script>',
      ...(status === 'lost' ? { lost: true } : {}),
    },
  ],
})

const resultsOf = (hosts: readonly HostResult[]): FleetResults => ({
  profile: 'agent',
  active: false,
  planned: hosts.length,
  complete: true,
  passed: hosts.filter(({ status }) => status === 'passed').length,
  failed: hosts.filter(({ status }) => status === 'failed').length,
  lost: hosts.filter(({ status }) => status === 'lost').length,
  seconds: 1,
  fleet: [],
  hosts,
})

test('file names keep to their folder, and none is taken twice', (t) => {
  const names = fileNames(['db1', 'DB1', '../../etc/x', 'a/b', 'a_b', '..', '.', 'ü', '2001:db8::1', 'x'.repeat(300)])
  t.deepEqual(names.slice(3, 9), ['a_b', 'a_b~2', '_', '_~2', '_~3', '2001_db8__1'])
  t.deepEqual(names.slice(0, 2), ['db1', 'DB1~2'])
  t.true(
    names.every((name) => /^(?!\.)[\w.~-]{1,124}$/.test(name)),
    names.join(' '),
  )
  t.is(new Set(names.map((name) => name.toLowerCase())).size, names.length)
})

test('results, one JUnit file per host and the page are written; hosts of an earlier run go', async (t) => {
  const folder = folderFor(t)
  await writeHosts(
    resultsOf([hostOf('a', 'passed'), hostOf('b', 'failed'), hostOf('c', 'lost')]),
    process.cwd(),
    folder,
  )
  t.deepEqual(readdirSync(join(folder, 'junit')), ['a.xml', 'b.xml', 'c.xml'])
  t.regex(readFileSync(join(folder, 'junit/b.xml'), 'utf8'), /failures="1" errors="0"/)
  await writeHosts(resultsOf([hostOf('a', 'passed'), hostOf('d', 'passed')]), process.cwd(), folder)
  t.deepEqual(readdirSync(join(folder, 'junit')), ['a.xml', 'd.xml'])
  t.is((JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as FleetResults).passed, 2)
})

test('what no host shows alone has a file of its own, which no host of that name takes', async (t) => {
  const folder = folderFor(t)
  const hosts = [hostOf('fleet', 'passed'), hostOf('b', 'passed')]
  const [{ checks }] = [hostOf('x', 'failed', 'fleet.hostnames')]
  await writeHosts({ ...resultsOf(hosts), fleet: checks }, process.cwd(), folder)
  t.deepEqual(readdirSync(join(folder, 'junit')), ['b.xml', 'fleet.xml', 'fleet~2.xml'])
  t.regex(readFileSync(join(folder, 'junit/fleet.xml'), 'utf8'), /fleet.hostnames/)
})

test('the page shows every host and escapes what hosts say', async (t) => {
  const page = await formatPage(resultsOf([hostOf('a', 'passed'), hostOf('<b>', 'failed', 'check.x')]), process.cwd())
  t.false(page.includes('<script>'))
  t.false(page.includes('<b>'))
  t.regex(page, /not verified/)
  t.regex(page, /class="absent"/)
})

test('columns go by kind, and hosts that claim thousands don’t widen the page', (t) => {
  const liars = Array.from({ length: 300 }, (_, index) => hostOf(`h${index}`, 'failed', `check.made-up-${index}`))
  const columns = columnsOf([hostOf('a', 'passed'), hostOf('b', 'passed', 'host.login'), ...liars])
  t.true(columns.length <= 120)
  t.deepEqual(columnsOf([hostOf('a', 'passed', 'logs.x'), hostOf('b', 'passed', 'agent.key')]), ['agent.key', 'logs.x'])
})

test('the last line counts hosts, or the checks of a single one', (t) => {
  t.regex(
    formatFleet(resultsOf([hostOf('a', 'passed'), hostOf('b', 'failed'), hostOf('c', 'lost')])),
    /\n1 passed, 2 failed$/,
  )
  t.regex(formatFleet(resultsOf([hostOf('a', 'passed')])), /\n1 passed, 0 failed$/)
})

test('a red host names its red checks, printable and short', (t) => {
  const text = formatHost({ ...hostOf('a\u001b[2J', 'failed') }, 3, 300)
  t.regex(text, /^\[ {2}3\/300\] ✗ a\\u001b\[2J {2}0 passed, 1 failed/)
  t.regex(text, /agent.running: <script>/)
})
