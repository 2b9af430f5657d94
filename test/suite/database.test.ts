import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { type Engine, readEngine } from '../../scripts/lib/box/engine.ts'
import { judgeGrants, statementsOf } from '../../suite/box/checks/database-grants.ts'
import { judgeLogs } from '../../suite/box/checks/database-logs.ts'
import { configSchema, type StatementResult } from '../../suite/box/database.ts'
import { compareRights, parseRights } from '../../suite/box/rights.ts'

const project = projectAt(process.cwd(), {})
const engine = (name: string): Engine =>
  readEngine(`${project.tool}/provision/30-database/${name}`, 'debian-13', project).definition
const [mariadb, mysql] = [engine('mariadb'), engine('mysql')]

const mariadbRows = [
  "GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.* TO `datadog`@`127.0.0.1` IDENTIFIED BY PASSWORD '*94BDC' WITH MAX_USER_CONNECTIONS 5",
  'GRANT SELECT ON `performance_schema`.* TO `datadog`@`127.0.0.1`',
]
const mysqlRows = [
  'GRANT USAGE ON *.* TO `datadog`@`127.0.0.1`',
  'GRANT PROCESS, REPLICATION CLIENT ON *.* TO `datadog`@`127.0.0.1`',
  'GRANT SELECT ON `performance_schema`.* TO `datadog`@`127.0.0.1`',
]

test('the rights of MariaDB and MySQL read alike', (t) => {
  t.deepEqual(compareRights(mariadb.rights.exactly, parseRights(mariadbRows, mariadb.rights)), [])
  t.deepEqual(compareRights(mysql.rights.exactly, parseRights(mysqlRows, mysql.rights)), [])
})

test('a password’s hash is not kept, not even of a row that no pattern foresees', (t) => {
  t.false(JSON.stringify(parseRights(mariadbRows, mariadb.rights)).includes('94BDC'))
  const strange = "REVOKE X ON *.* TO `datadog`@`h` IDENTIFIED BY PASSWORD '*94BDC'"
  t.deepEqual(parseRights([strange], mariadb.rights), ['(REVOKE X ON *.*)'])
})

test('what is missing and what is too much is told', (t) => {
  const rows = [
    'GRANT PROCESS, SUPER ON *.* TO `d`@`h` WITH GRANT OPTION',
    'GRANT EXECUTE ON PROCEDURE `datadog`.`explain_statement` TO `d`@`h`',
    'GRANT `admin` TO `d`@`h`',
  ]
  t.deepEqual(compareRights(mysql.rights.exactly, parseRights(rows, mysql.rights)), [
    'lacks REPLICATION CLIENT on *.*',
    'lacks SELECT on performance_schema.*',
    'has (GRANT `admin`), which it does not need',
    'has EXECUTE on PROCEDURE datadog.explain_statement, which it does not need',
    'has GRANT OPTION on *.*, which it does not need',
    'has SUPER on *.*, which it does not need',
  ])
})

test('an engine that lists its rights one by one needs no pattern', (t) => {
  const { row: _, ...plain } = mysql.rights
  t.deepEqual(parseRights(['member of pg_monitor', ' member of pg_monitor'], plain), ['member of pg_monitor'])
})

const denied = /^(CREATE|SELECT COUNT\(\*\) FROM mysql\.user|SET|UPDATE|DROP|SHOW BINARY)/

const answers = (over: Record<string, Partial<StatementResult>> = {}): Map<string, StatementResult> =>
  new Map(
    statementsOf(mariadb).map((text) => {
      const rows = text === 'SHOW GRANTS' ? mariadbRows : text.includes('@@max') ? ['5'] : []
      const ok = !denied.test(text)
      return [text, { ok, rows, error: ok ? '' : 'Access denied', ...over[text] }]
    }),
  )

test('an account with exactly its rights passes', (t) => {
  t.is(
    judgeGrants(mariadb, answers()).observed,
    'PROCESS on *.*, REPLICATION CLIENT on *.*, SELECT on performance_schema.*, SLAVE MONITOR on *.*; at most 5 connections',
  )
  t.true(judgeGrants(mariadb, answers()).passed)
})

test('what a refused trial made is taken away after it', (t) => {
  const all = statementsOf(mariadb)
  t.true(all.indexOf('DROP DATABASE IF EXISTS boxhound_denied') > all.indexOf('CREATE DATABASE boxhound_denied'))
  t.is(new Set(all).size, all.length)
})

test('a command that prints something else than it must is told', (t) => {
  const inspection = { what: 'listens on', command: ['ss'], output: '127.0.0.1' }
  t.true(judgeGrants(mariadb, answers(), [{ inspection, output: '127.0.0.1' }]).passed)
  const verdict = judgeGrants(mariadb, answers(), [{ inspection, output: '0.0.0.0' }])
  t.false(verdict.passed)
  t.regex(verdict.observed, /listens on: 0\.0\.0\.0, not 127\.0\.0\.1/)
})

const broken: readonly [title: string, over: Record<string, Partial<StatementResult>>, said: RegExp][] = [
  [
    'an account that cannot see threads fails',
    { 'SELECT COUNT(*) FROM information_schema.INNODB_TRX': { ok: false, error: 'PROCESS' } },
    /cannot see InnoDB/,
  ],
  [
    'an account that can read the accounts fails',
    { 'SELECT COUNT(*) FROM mysql.user': { ok: true } },
    /can read the accounts/,
  ],
  ['an account that can create fails', { 'CREATE DATABASE boxhound_denied': { ok: true } }, /can create a database/],
  ['an account without a cap fails', { 'SELECT @@max_user_connections': { rows: ['0'] } }, /may open 0 connections/],
  ['a login that fails fails', { 'SHOW GRANTS': { ok: false, rows: [], error: 'ERROR 1045' } }, /ERROR 1045/],
]
for (const [title, over, said] of broken) {
  test(title, (t) => {
    const verdict = judgeGrants(mariadb, answers(over))
    t.false(verdict.passed)
    t.regex(verdict.observed, said)
  })
}

test('a server that limits no account is asked for none', (t) => {
  const { cap, ...uncapped } = mariadb
  t.truthy(cap)
  t.false(statementsOf(uncapped).some((text) => text.includes('@@max')))
  const verdict = judgeGrants(uncapped, answers())
  t.true(verdict.passed)
  t.notRegex(`${verdict.expected} ${verdict.observed}`, /connections/)
})

test('a login is told by host and port, or by the first of several hosts', (t) => {
  const account = { username: 'datadog', password: 'secret' }
  const loginOf = (server: object) =>
    configSchema.safeParse({ instances: [{ ...account, ...server }] }).data?.instances[0]
  const login = { ...account, host: '127.0.0.1', port: 7000 }
  t.like(loginOf({ host: '127.0.0.1', port: 7000 }), login)
  t.like(loginOf({ hosts: ['127.0.0.1:7000', '127.0.0.1:7001'] }), login)
  for (const wrong of [{}, { host: '127.0.0.1' }, { hosts: [] }, { hosts: ['127.0.0.1'] }, { hosts: '127.0.0.1:7000' }])
    t.is(loginOf(wrong), undefined, JSON.stringify(wrong))
})

const log = '/var/log/mysql/error.log'
const report = {
  before: { [log]: '' },
  after: { [log]: '' },
  described: { [log]: '640 mysql:adm' },
  rotated: [log],
  rotation: '',
  files: ['/etc/logrotate.d/mariadb'],
}

test('logs that dd-agent reads before and after a rotation pass', (t) => {
  t.true(judgeLogs([log], report).passed)
})

test('a log that becomes unreadable by its rotation fails, and so does a rotation that did nothing', (t) => {
  t.regex(
    judgeLogs([log], { ...report, after: { [log]: 'Permission denied' } }).observed,
    /after a forced rotation: Permission denied/,
  )
  t.regex(judgeLogs([log], { ...report, before: { [log]: 'Permission denied' } }).observed, /before rotation/)
  t.false(judgeLogs([log], { ...report, rotated: [] }).passed)
  t.false(judgeLogs([log], { ...report, files: [] }).passed)
  t.false(judgeLogs([log], { ...report, rotation: 'error: bad line' }).passed)
})
