import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { identify } from '../../scripts/lib/boot/process.ts'
import { machineFolder, writeState } from '../../scripts/lib/boot/state.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import type { Tick } from '../../scripts/lib/traffic/report.ts'
import { driveBox } from '../../scripts/lib/traffic/traffic.ts'
import { bare, temporaryFile } from '../boxfile/_files.ts'
import { copiedProject } from '../render/_project.ts'
import { startServer } from '../verify/_server.ts'
import { checkout, units } from './_guest.ts'

const engine = `traffic:
  title: a driver
  script: traffic.sh
  counters: [{ what: rows, statement: SELECT 1 }]
`

interface Answers {
  /** Traces that the Agent counts of so many requests. */
  readonly traces: (requests: number) => number
  /** What the database counts after the load. */
  readonly rows: number
}

/** A box that is up: an SSH server with an app behind it, whose Agent and database answer as the test says. */
const machine = async (t: ExecutionContext, { traces, rows }: Answers) => {
  const project = { ...copiedProject(t), cache: mkdtempSync(join(tmpdir(), 'boxhound-test-')) }
  t.teardown(() => rmSync(project.cache, { recursive: true, force: true }))
  const engines = join(project.tool, 'provision/30-database')
  const yaml = join(engines, 'mariadb/database.yaml')
  writeFileSync(yaml, `${readFileSync(yaml, 'utf8')}${engine}`)
  writeFileSync(join(engines, 'mariadb/traffic.sh'), 'true\n')
  let requests = 0
  const app = createServer((_, response) => {
    requests += 1
    response.end('Hello')
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  t.teardown(() => app.close())
  const { port } = app.address() as AddressInfo
  let [looks, reads] = [0, 0]
  const status = (): string => {
    looks += 1
    return JSON.stringify({
      lab: true,
      apmStats: { pid: 3, lab_totals: { shop: { TracesReceived: traces(requests) } } },
      runnerStats: { Checks: { mysql: { 'mysql:1': { TotalRuns: looks } } } },
    })
  }
  const run = units(t)
  const answer = async (command: string, stdin: string, onOutput: (text: string) => void): Promise<number> => {
    if (command.startsWith('datadog-agent status')) onOutput(status())
    else if (command.endsWith('database-admin')) onOutput(`${reads++ === 0 ? 0 : rows}\n`)
    else if (command.includes('traffic-database') && command.startsWith('systemd-run')) onOutput('transactions 20\n')
    else if (command.includes('traffic-app')) return (await run(command, { stdin, onOutput }))?.code ?? 0
    return 0
  }
  const { target, commands } = await startServer(t, (channel, _, command) => {
    let stdin = ''
    channel.on('data', (chunk: Buffer) => {
      stdin += chunk.toString()
    })
    // The guard of the connection, and commands without input, end it at once.
    channel.on('end', async () => {
      channel.exit(await answer(command, stdin, (text) => channel.write(text)))
      channel.end()
    })
  })
  const folder = machineFolder(project.cache, 'x', 'container')
  mkdirSync(folder, { recursive: true })
  await writeState(folder, { box: 'x', login: target, process: identify(process.pid), image: 'sha' })
  const text = `${bare}database: { engine: mariadb }\napp: { port: ${port}, service: shop, env: trial, version: 1.0.0 }\n`
  const box = await loadBox(temporaryFile(t, text), project)
  const ticks: Tick[] = []
  const drive = () =>
    driveBox(
      box,
      {
        plan: { shape: 'steady', seconds: 1, rate: 50 },
        connections: 10,
        every: 0.2,
        machine: 'auto',
        environment: {},
        onNote: () => {},
        onTick: (tick) => ticks.push(tick),
        onInterrupted: () => t.fail(),
      },
      { ...project, tool: checkout.tool },
    )
  return { drive, commands, ticks }
}

test('all that is sent arrives and is counted: green, and nothing is left on a machine that is up', async (t) => {
  const { drive, commands, ticks } = await machine(t, { traces: (requests) => requests, rows: 20 })
  const results = await drive()
  t.deepEqual(
    results.checks.map(({ id, status }) => `${id} ${status}`),
    ['traffic.app', 'traffic.traces', 'traffic.database', 'traffic.integration'].map((id) => `${id} passed`),
  )
  t.like(results, { box: 'x', disposable: false, image: 'sha', passed: 4, failed: 0, notJudged: 0 })
  t.like(results.app, { sent: 50, answered: { '2xx': 50 }, routes: { '/': 50 } })
  t.is(results.traces?.received, 50)
  t.true(ticks.length > 0)
  t.deepEqual(
    commands.slice(-3).map((command) => /systemctl stop|remove$|^rm -f/.exec(command)?.[0]),
    ['systemctl stop', 'remove', 'rm -f'],
  )
})

test('a trace too many and a row too few are red', async (t) => {
  const { drive } = await machine(t, { traces: (requests) => (requests === 0 ? 0 : requests + 1), rows: 19 })
  const { checks, failed } = await drive()
  t.is(failed, 2)
  t.deepEqual(
    checks.flatMap(({ id, status }) => (status === 'failed' ? [id] : [])),
    ['traffic.traces', 'traffic.database'],
  )
})

test('a box with neither app nor a driver is refused before anything starts', async (t) => {
  const project = copiedProject(t)
  for (const [more, found] of [
    ['', 'neither'],
    ['database: { engine: mariadb }\n', 'no app, and mariadb without traffic'],
  ]) {
    const box = await loadBox(temporaryFile(t, `${bare}${more}`), project)
    const options = { environment: {}, machine: 'auto', connections: 1, every: 1 } as const
    const error = await t.throwsAsync<BoxhoundError>(
      driveBox(
        box,
        {
          ...options,
          plan: { shape: 'steady', seconds: 5, rate: 1 },
          onNote: () => {},
          onTick: () => {},
          onInterrupted: () => {},
        },
        project,
      ),
    )
    t.like(error, { code: 'E_TRAFFIC', exitCode: 2 })
    t.is(error?.details.found, found)
  }
})
