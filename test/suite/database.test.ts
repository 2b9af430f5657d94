import test from 'ava'
import { judgeGrants, trials } from '../../suite/box/checks/database-grants.ts'
import { judgeLogs } from '../../suite/box/checks/database-logs.ts'
import type { StatementResult } from '../../suite/box/database.ts'
import { compareGrants, parseGrants, wantedGrants } from '../../suite/box/grants.ts'

const mariadb = [
  "GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.* TO `datadog`@`127.0.0.1` IDENTIFIED BY PASSWORD '*94BDC' WITH MAX_USER_CONNECTIONS 5",
  'GRANT SELECT ON `performance_schema`.* TO `datadog`@`127.0.0.1`',
]
const mysql = [
  'GRANT PROCESS, REPLICATION CLIENT ON *.* TO `datadog`@`127.0.0.1`',
  'GRANT SELECT ON `performance_schema`.* TO `datadog`@`127.0.0.1`',
]

test('the grants of MariaDB and MySQL read alike', (t) => {
  t.deepEqual(compareGrants(wantedGrants(true), parseGrants(mariadb)), [])
  t.deepEqual(compareGrants(wantedGrants(false), parseGrants(mysql)), [])
})

test('a password’s hash is not kept', (t) => {
  t.false(JSON.stringify([...parseGrants(mariadb)]).includes('94BDC'))
})

test('what is missing and what is too much is told', (t) => {
  const found = parseGrants(['GRANT PROCESS, SUPER ON *.* TO `d`@`h` WITH GRANT OPTION', 'GRANT `admin` TO `d`@`h`'])
  t.deepEqual(compareGrants(wantedGrants(false), found), [
    'lacks REPLICATION CLIENT on *.*',
    'has GRANT OPTION on *.*, which it does not need',
    'has SUPER on *.*, which it does not need',
    'lacks SELECT on performance_schema.*',
    'has (role) on GRANT `admin`, which it does not need',
  ])
})

const rights = { maxUserConnections: 5, slaveMonitor: true }
const denied = /^(CREATE|SELECT COUNT\(\*\) FROM mysql\.user|SET|UPDATE|DROP|SHOW BINARY)/

const answers = (over: Record<string, Partial<StatementResult>> = {}): Map<string, StatementResult> =>
  new Map(
    trials(rights).map((text) => {
      const rows = text === 'SHOW GRANTS' ? mariadb : text.includes('@@max') ? ['5'] : []
      const ok = !denied.test(text)
      return [text, { ok, rows, error: ok ? '' : 'Access denied', ...over[text] }]
    }),
  )

test('an account with exactly its rights passes', (t) => {
  t.deepEqual(
    judgeGrants(rights, answers()).observed,
    'PROCESS, REPLICATION CLIENT, SLAVE MONITOR on *.*; SELECT on performance_schema.*; at most 5 connections',
  )
  t.true(judgeGrants(rights, answers()).passed)
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
  ['an account without a cap fails', { 'SELECT @@max_user_connections': { rows: ['0'] } }, /any number of connections/],
  ['a login that fails fails', { 'SHOW GRANTS': { ok: false, rows: [], error: 'ERROR 1045' } }, /ERROR 1045/],
]
for (const [title, over, said] of broken) {
  test(title, (t) => {
    const verdict = judgeGrants(rights, answers(over))
    t.false(verdict.passed)
    t.regex(verdict.observed, said)
  })
}

const log = '/var/log/mysql/error.log'
const report = {
  ...{ before: { [log]: '' }, after: { [log]: '' }, described: { [log]: '640 mysql:adm' } },
  ...{ rotated: [log], rotation: '', files: ['/etc/logrotate.d/mariadb'] },
}

test('logs that dd-agent reads before and after a rotation pass', (t) => {
  t.true(judgeLogs([log], report).passed)
})

test('a log that becomes unreadable by its rotation fails, and so does a rotation that did nothing', (t) => {
  t.regex(
    judgeLogs([log], { ...report, after: { [log]: 'Permission denied' } }).observed,
    /after a forced rotation: Permission denied/,
  )
  t.regex(judgeLogs([log], { ...report, before: { [log]: 'Permission denied' } }).observed, /before a rotation/)
  t.false(judgeLogs([log], { ...report, rotated: [] }).passed)
  t.false(judgeLogs([log], { ...report, files: [] }).passed)
  t.false(judgeLogs([log], { ...report, rotation: 'error: bad line' }).passed)
})
