import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import {
  countersIn,
  type Driver,
  readDriver,
  removeDatabase,
  startDatabase,
  transactionsIn,
} from '../../scripts/lib/traffic/database-load.ts'
import type { CommandResult } from '../../scripts/lib/verify/command.ts'
import type { Session } from '../../scripts/lib/verify/ssh.ts'
import { bare, temporaryFile } from '../boxfile/_files.ts'
import { copiedProject } from '../render/_project.ts'

const driver: Driver = {
  title: 'a driver',
  script: 'traffic.sh',
  unit: {
    name: 'boxhound-traffic-database',
    interpreter: ['bash'],
    text: 'echo hello\n',
    environment: { VERSION: '17', PORT: '5432', CONNECTIONS: '90' },
  },
  counters: [
    { what: 'rows', statement: 'SELECT rows', each: 1 },
    { what: 'statements', statement: 'SHOW statements', each: 3 },
  ],
}

const segments = [
  { seconds: 15, rate: 20 },
  { seconds: 5, rate: 100 },
]

interface Asked {
  readonly command: string
  readonly stdin: string
}

/** A machine on which the counters read `before` and then `after`, and each other command answers by its first known part. */
const machine = (counters: readonly string[], answers: Readonly<Record<string, Partial<CommandResult>>> = {}) => {
  const asked: Asked[] = []
  let looks = 0
  const session: Session = {
    run: async (command, { stdin = '', onOutput } = {}) => {
      asked.push({ command, stdin })
      const [, answer = {}] = Object.entries(answers).find(([part]) => command.includes(part)) ?? []
      const stdout = command.endsWith('database-admin') ? (counters[looks++] ?? '') : (answer.stdout ?? '')
      onOutput?.(stdout)
      return { code: 0, stderr: '', seconds: 0, ...answer, stdout }
    },
    forward: async (port) => port,
    lost: () => undefined,
    close: () => {},
  }
  return { session, asked }
}

test('the driver gets its script, its settings by environment and the load by standard input; counters are read before and after', async (t) => {
  const { session, asked } = machine(['10\nall\t50\n', '110\nall\t380\n'], {
    'systemd-run': { stdout: 'transactions 40\ntransactions 100\n' },
  })
  const load = await startDatabase(session, driver, segments)
  t.deepEqual(await load.ended, {
    title: 'a driver',
    transactions: 100,
    failure: null,
    counters: [
      { what: 'rows', each: 1, moved: 100 },
      { what: 'statements', each: 3, moved: 330 },
    ],
  })
  t.is(load.transactions(), 100)
  const [write, prepare, before, run, after] = asked
  t.is(write?.stdin, driver.unit.text)
  t.regex(prepare?.command ?? '', /CONNECTIONS=90 bash \S+ prepare$/)
  t.deepEqual([before?.stdin, after?.stdin], Array(2).fill('SELECT rows;\nSHOW statements;\n'))
  t.is(run?.stdin, '15 20\n5 100\n')
  t.regex(run?.command ?? '', /^systemd-run .*--setenv=VERSION=17 .*bash \S+ run$/)
})

test('a driver that fails, a database that can’t be prepared, and counters that are none are findings', async (t) => {
  const fails = { code: 1, stderr: 'no server' }
  for (const [counters, answers, said] of [
    [['1\n1\n', '1\n1\n'], { 'systemd-run': fails }, /^exit status 1: no server$/],
    [[], { prepare: fails }, /^preparing the database failed on the machine: 1: no server$/],
    [['1\n'], {}, /^cannot read the counters of the database: 1$/],
    [['1\n1\n', 'ERROR 2002\n'], {}, /^cannot read the counters/],
  ] as const) {
    const { ended, transactions } = await startDatabase(machine(counters, answers).session, driver, segments)
    t.regex((await ended).failure ?? '', said)
    t.is(transactions(), 0)
  }
})

test('a lost connection is no finding', async (t) => {
  const { session } = machine(['1\n1\n'])
  const lost = async (command: string): Promise<CommandResult> => {
    if (command.includes('systemd-run')) throw new BoxhoundError('E_SSH_LOST', 'gone')
    return session.run(command)
  }
  const { ended } = await startDatabase({ ...session, run: lost }, driver, segments)
  await t.throwsAsync(ended, { code: 'E_SSH_LOST' })
})

test('removing ends the driver first, then the database goes, then the script', async (t) => {
  const { session, asked } = machine([])
  await removeDatabase(session, driver)
  t.deepEqual(
    asked.map(({ command }) => /systemctl stop|remove|rm -f/.exec(command)?.[0]),
    ['systemctl stop', 'remove', 'rm -f'],
  )
  await t.throwsAsync(removeDatabase(machine([], { remove: { code: 1 } }).session, driver), { code: 'E_TRAFFIC' })
})

test('the last whole line counts', (t) => {
  t.is(transactionsIn(''), 0)
  t.is(transactionsIn('transactions 5\ntransactions 12\n'), 12)
  t.is(transactionsIn('transactions 5\nother 7\n'), 5)
})

test('counters are the last column of one row each', (t) => {
  t.deepEqual(countersIn('5\nname\t7\n', driver), [5, 7])
  for (const output of ['', '5\n', '5\n6\n7\n', '5\nmany\n'])
    t.throws(() => countersIn(output, driver), { code: 'E_TRAFFIC' }, output)
})

const database = async (t: ExecutionContext, traffic: string) => {
  const project = copiedProject(t)
  const folder = join(project.tool, 'provision/30-database')
  const yaml = join(folder, 'mariadb/database.yaml')
  const { readFileSync } = await import('node:fs')
  writeFileSync(yaml, `${readFileSync(yaml, 'utf8')}${traffic}`)
  const load = async () => (await loadBox(temporaryFile(t, `${bare}database: { engine: mariadb }\n`), project)).database
  return { folder, load }
}

test('the script is the engine’s own or the one that it shares; a missing one is told, an engine without traffic has none', async (t) => {
  const counters = 'counters: [{ what: rows, statement: SELECT 1 }]'
  const { folder, load } = await database(t, `traffic: { title: load, script: traffic.sh, ${counters} }\n`)
  const read = async () => {
    const found = await load()
    return found === null ? undefined : readDriver(found, 9)
  }
  const error = await t.throwsAsync<BoxhoundError>(read())
  t.like(error, { code: 'E_TRAFFIC', exitCode: 2 })
  t.is(error?.details.file, join(folder, 'mariadb/traffic.sh'))
  mkdirSync(join(folder, '_mysql'), { recursive: true })
  writeFileSync(join(folder, '_mysql/traffic.sh'), 'shared')
  t.like((await read())?.unit, { text: 'shared', environment: { CONNECTIONS: '9', VERSION: '', PORT: '3306' } })
  writeFileSync(join(folder, 'mariadb/traffic.sh'), 'own')
  t.is((await read())?.unit.text, 'own')
  const bareOne = await (await database(t, '')).load()
  t.is(bareOne === null ? null : await readDriver(bareOne, 9), undefined)
})
