import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { readEngine } from '../../scripts/lib/box/engine.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { copiedProject } from '../render/_project.ts'
import { bare } from './_files.ts'

const engines = 'provision/30-database'

/** A copy of the fixture in which one engine's database.yaml says something else. */
const edited = (t: ExecutionContext, file: string, edit: (text: string) => string): Project => {
  const project = copiedProject(t)
  const path = join(project.tool, engines, file)
  writeFileSync(path, edit(readFileSync(path, 'utf8')))
  return project
}

const read = (project: Project, engine = 'mariadb', system = 'debian-13') =>
  readEngine(join(project.tool, engines, engine), system, project)

const box = (more: string, project: Project): string => {
  const file = join(project.tool, 'own', 'box.yaml')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${bare}${more}`)
  return file
}

test('what an engine extends is merged map by map, and its own lists take the place of the shared ones', (t) => {
  const { definition, folders } = read(copiedProject(t))
  t.deepEqual([definition.title, definition.port], ['MariaDB', 3306])
  t.deepEqual([definition.rights.statement, definition.rights.exactly.length], ['SHOW GRANTS', 2])
  t.deepEqual(
    folders.map((folder) => folder.split('/').at(-1)),
    ['_mysql', 'mariadb'],
  )
})

test('{version} is that of the box’s system, in every text; a system without one is refused with those that have one', (t) => {
  const project = edited(t, 'mariadb/database.yaml', (text) =>
    `${text}versions: { debian-13: "11" }\n`.replace('unit: mariadb', 'unit: db@{version}-main'),
  )
  const { definition, version } = read(project)
  t.deepEqual([definition.unit, version], ['db@11-main', '11'])
  const error = t.throws<BoxhoundError>(() => read(project, 'mariadb', 'ubuntu-24.04'))
  t.like(error?.details, { file: `${engines}/mariadb/database.yaml`, found: 'ubuntu-24.04', exitCode: 2 })
  t.regex(error?.details.expected ?? '', /debian-13/)
})

test('a fault is told in the file that has it', (t) => {
  const shared = edited(t, '_mysql/database.yaml', (text) => text.replace('port: 3306', 'port: many'))
  t.is(t.throws<BoxhoundError>(() => read(shared))?.details.file, `${engines}/_mysql/database.yaml`)
  const unknown = edited(t, '_mysql/database.yaml', (text) => `${text}tittle: x\n`)
  t.is(t.throws<BoxhoundError>(() => read(unknown))?.details.file, `${engines}/_mysql/database.yaml`)
  const missing = edited(t, 'mariadb/database.yaml', (text) => text.replace('unit: mariadb\n', ''))
  const error = t.throws<BoxhoundError>(() => read(missing))
  t.is(error?.details.file, `${engines}/mariadb/database.yaml`)
  t.regex(error?.message ?? '', /unit is missing/)
})

test('a pattern that is none, a client without a place for the statement, and a password among its arguments are refused', (t) => {
  for (const [from, to] of [
    ["error: 'at line (\\d+): (.*)'", "error: 'at line ('"],
    ['statement: "{statement};"', 'statement: ";"'],
    ['--port={port}', '--password={password}'],
  ] as const) {
    const project = edited(t, '_mysql/database.yaml', (text) => text.replace(from, to))
    const error = t.throws<BoxhoundError>(() => read(project), undefined, to)
    t.is(error?.details.exitCode, 2)
  }
})

test('traffic is a script by its name and at least one counter, each of which one transaction moves', (t) => {
  const traffic = (text: string) =>
    edited(t, 'mariadb/database.yaml', (own) => `${own}traffic: { title: load, script: traffic.sh, ${text} }\n`)
  const { definition } = read(traffic('counters: [{ what: rows, statement: SELECT 1 }]'))
  t.deepEqual(definition.traffic?.counters, [{ what: 'rows', statement: 'SELECT 1', each: 1 }])
  for (const wrong of ['counters: []', 'counters: [{ what: rows, statement: SELECT 1, each: 0 }]', 'counter: []'])
    t.is(t.throws<BoxhoundError>(() => read(traffic(wrong)))?.details.exitCode, 2, wrong)
  const elsewhere = edited(
    t,
    'mariadb/database.yaml',
    (own) => `${own}traffic: { title: x, script: ../x.sh, counters: [{ what: rows, statement: SELECT 1 }] }\n`,
  )
  t.regex(t.throws<BoxhoundError>(() => read(elsewhere))?.message ?? '', /traffic\.script is not valid/)
})

test('an engine beside the box file is one to choose, and hides another of its name', async (t) => {
  const project = copiedProject(t)
  const file = box('database: { engine: mysql }\n', project)
  const own = join(dirname(file), 'databases')
  cpSync(join(project.tool, engines, 'mysql'), join(own, 'mysql'), { recursive: true })
  const { database } = await loadBox(file, project)
  // What it extends stands with boxhound's own.
  t.deepEqual(database?.folders, [join(project.tool, engines, '_mysql'), join(own, 'mysql')])
  rmSync(join(own, 'mysql', 'database.yaml'))
  mkdirSync(join(own, 'fast'))
  const error = await t.throwsAsync<BoxhoundError>(loadBox(box('database: { engine: fast }\n', project), project))
  t.regex(error?.message ?? '', /has no database\.yaml/)
  t.regex(error?.details.next ?? '', /guide\/databases\.md/)
})

test('an app beside the box file is one to choose', async (t) => {
  const project = copiedProject(t)
  const file = box('app: { name: shop, port: 5050, service: shop, env: trial, version: 1.0.0 }\n', project)
  const own = join(dirname(file), 'apps', 'shop')
  cpSync(join(project.tool, 'provision/40-app/flask'), own, { recursive: true })
  t.deepEqual((await loadBox(file, project)).app?.folders, [own])
})

test('the port of the database is taken', async (t) => {
  const project = copiedProject(t)
  const app = 'app: { port: 3306, service: shop, env: trial, version: 1.0.0 }\n'
  const error = await t.throwsAsync<BoxhoundError>(
    loadBox(box(`database: { engine: mysql }\n${app}`, project), project),
  )
  t.regex(error?.message ?? '', /port 3306 is taken by MySQL/)
  await t.notThrowsAsync(loadBox(box(app, project), project))
})

test('Database Monitoring is for engines whose folder says how', async (t) => {
  const project = copiedProject(t)
  const file = box('database: { engine: mysql, dbm: true }\n', project)
  t.true((await loadBox(file, project)).database?.dbm)
  const path = join(project.tool, engines, '_mysql/database.yaml')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^monitoring:[\s\S]*/m, ''))
  const error = await t.throwsAsync<BoxhoundError>(loadBox(file, project))
  t.regex(error?.message ?? '', /Database Monitoring is not set up for MySQL/)
  t.is(error?.details.line, 5)
})

/** Where engines are named for another reason: what peers install in `bench`, a dialect of SQL, names that checks must not have, boxes of our own tests. */
const excused =
  /^scripts\/lib\/(?:bench\/|selftest\/stages\.ts|(?:box\/agent-integrations\.json|render\/(?:escapers\/|agent-names\.json|agent-packages\.json)))/

test('no code of verbs, suite or seal names an engine', (t) => {
  const files = [
    'scripts',
    'suite',
    'provision/10-base',
    'provision/20-agent',
    'provision/90-seal',
    'packer',
    'disk',
  ].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  t.true(files.length > 500)
  t.deepEqual(
    files.filter(
      (file) =>
        !excused.test(file) &&
        // An example that the reference of the box file shows decides nothing.
        /mysql|mariadb|postgres|mongo|redis/i.test(readFileSync(file, 'utf8').replaceAll(/examples: \[.*\]/g, '')),
    ),
    [],
  )
})
