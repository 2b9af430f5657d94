import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { copiedProject, renderNamed } from './_project.ts'

test('what the suite must see is assembled from the box and its folders', async (t) => {
  const { expectations } = await renderNamed('full')
  t.deepEqual(expectations, {
    box: 'full',
    version: '1.2.3',
    seed: 'credentials',
    agent: {
      version: '7.83.0+lab',
      package: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own syntax
        command: ['dpkg-query', '-W', '-f', '${Version} ${db:Status-Abbrev}', 'datadog-agent'],
        version: '1:7.83.0+lab-1',
        state: 'hi',
      },
      lab: true,
      site: 'datadoghq.com',
      tags: ['env:trial', 'role:database'],
      logs: true,
      source: 'http://apt.lab.invalid/ stable 7',
    },
    container: null,
    checks: [
      {
        name: 'mysql',
        interval: 15,
        metrics: ['mysql.net.max_connections'],
        rates: ['mysql.performance.queries'],
        serviceChecks: ['mysql.can_connect'],
        tags: ['role:database'],
        warnings: 'none',
        ranges: {},
      },
      {
        name: 'my_metric',
        interval: 45,
        metrics: ['my_metric'],
        rates: [],
        serviceChecks: [],
        tags: ['check:my_metric', 'team:web'],
        warnings: 'none',
        ranges: { my_metric: { min: 0, max: 10 } },
      },
      {
        name: 'source',
        interval: 15,
        metrics: ['source.up'],
        rates: [],
        serviceChecks: [],
        tags: [],
        warnings: 'none',
        ranges: {},
      },
    ],
    database: {
      engine: 'mariadb',
      dbm: false,
      title: 'MariaDB',
      unit: 'mariadb',
      check: 'mysql',
      configuration: '/etc/datadog-agent/conf.d/mysql.d/conf.yaml',
      logs: [{ path: '/var/log/mysql/error.log', source: 'mysql', service: 'mysql' }],
      client: {
        programs: ['mysql'],
        arguments: ['--host={host}', '--port={port}', '--user={username}'],
        environment: { MYSQL_PWD: '{password}' },
        mark: "SELECT '{mark}';",
        statement: '{statement};',
        error: 'at line (\\d+): (.*)',
      },
      login: 'SELECT CURRENT_USER()',
      rights: {
        statement: 'SHOW GRANTS',
        exactly: ['PROCESS on *.*', 'SLAVE MONITOR on *.*'],
        ignore: [],
        synonyms: {},
      },
      cap: { statement: 'SELECT @@max_user_connections', value: 5 },
      trials: { allowed: [], refused: [] },
      inspections: [],
      identities: [],
      accounts: [],
      groups: {},
      tables: [],
      lines: [],
      data: [],
      seal: ['/etc/datadog-agent/conf.d/mysql.d/conf.yaml'],
      present: ['/etc/datadog-agent/conf.d/mysql.d/conf.yaml'],
    },
    app: {
      port: 5050,
      service: 'trial-app',
      env: 'trial',
      version: '1.0.0',
      unit: 'trial-app',
      log: '/var/log/trial-app/app.log',
      source: 'python',
      accounts: ['trial-app'],
      groups: {},
      routes: [{ path: '/', body: 'Hello', resource: 'GET /' }],
    },
    units: ['first.service', 'trial-app.service'],
    off: ['apt-daily.timer', 'apt-daily-upgrade.timer'],
  })
})

test('a bare box expects no database, no app and no checks', async (t) => {
  const { database, app, checks, agent } = (await renderNamed('bare')).expectations
  t.deepEqual([database, app, checks, agent.lab], [null, null, [], false])
})

test('an image that was made for cloud-init takes its inputs from a seed, the lab base from credentials', async (t) => {
  const project = copiedProject(t)
  const agent = 'agent: { version: 7.83.0 }\n'
  writeFileSync(join(project.root, 'boxes/cloud.yaml'), `box: cloud\nversion: 1.0.0\nbase: { lab: cloud }\n${agent}`)
  t.is((await renderNamed('cloud', project)).expectations.seed, 'nocloud')
  t.is((await renderNamed('bare', project)).expectations.seed, 'credentials')
})

test('database logs that the box leaves out are not expected', async (t) => {
  const project = copiedProject(t)
  writeFileSync(
    join(project.root, 'boxes/bare.yaml'),
    'box: bare\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0 }\ndatabase: { engine: mysql, logs: false }\n',
  )
  t.deepEqual((await renderNamed('bare', project)).expectations.database?.logs, [])
})

test('a broken app.yaml is an error with its place', async (t) => {
  const project = copiedProject(t)
  writeFileSync(join(project.tool, 'provision/40-app/flask/app.yaml'), 'unit: x\nlog: relative.log\nroutes: []\n')
  const error = await t.throwsAsync(renderNamed('full', project), { instanceOf: BoxhoundError })
  t.regex(error.message, /log is not valid[\s\S]*routes is not valid/)
  rmSync(join(project.tool, 'provision/40-app'), { recursive: true })
})

test('the source of apt is the repository of the box file, or its mirror where that is kept in the image', async (t) => {
  const project = copiedProject(t)
  const mirrored = async (mirrors: string): Promise<string> => {
    const agent = 'agent: { version: 7.83.0 }\n'
    writeFileSync(
      join(project.root, 'boxes/kept.yaml'),
      `box: kept\nversion: 1.0.0\nbase: { lab: trixie }\n${agent}mirrors: ${mirrors}\n`,
    )
    return (await renderNamed('kept', project)).expectations.agent.source
  }
  t.is(await mirrored('{ agent: "https://mirror.example/dd" }'), 'https://apt.datadoghq.com/ stable 7')
  t.is(await mirrored('{ agent: "https://mirror.example/dd", keep: true }'), 'https://mirror.example/dd stable 7')
  t.is(await mirrored('{ keep: true }'), 'https://apt.datadoghq.com/ stable 7')
})

test('instances with intervals of their own, and states that are right, come from the files of the check', async (t) => {
  const project = copiedProject(t)
  const folder = join(project.tool, 'provision/50-checks/my_metric')
  writeFileSync(
    join(folder, 'conf.yaml.hbs'),
    'instances:\n  - min_collection_interval: {{check.interval}}\n  - min_collection_interval: 300\n  - {}\nlogs:\n  - { type: file, path: /var/log/a.log }\n  - { type: file, path: "/var/log/*.log" }\n',
  )
  const text = readFileSync(join(folder, 'check.yaml'), 'utf8')
  writeFileSync(
    join(folder, 'check.yaml'),
    text.replace('expect:', 'expect:\n  serviceChecks: { a.b: unknown, c: ok }'),
  )
  const check = (await renderNamed('full', project)).expectations.checks.find(({ name }) => name === 'my_metric')
  t.deepEqual(check?.intervals, [45, 300, 15])
  t.deepEqual(check?.logs, ['/var/log/a.log'])
  t.deepEqual(check?.serviceChecks, ['a.b', 'c'])
  t.deepEqual(check?.states, { 'a.b': 'unknown', c: 'ok' })
})

test('an interval that no instance takes is refused', async (t) => {
  const project = copiedProject(t)
  writeFileSync(join(project.tool, 'provision/50-checks/my_metric/conf.yaml.hbs'), 'instances: [{}]\n')
  const error = await t.throwsAsync(renderNamed('full', project), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  t.is(error.details.file, 'provision/50-checks/my_metric/conf.yaml.hbs')
  t.is(error.details.found, 'every 15 s')
})

test('Database Monitoring adds its rights and trials, and takes away what is not sent then', async (t) => {
  const project = copiedProject(t)
  const file = join(project.root, 'boxes/full.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('engine: mariadb', 'engine: mysql, dbm: true'))
  const { database, checks } = (await renderNamed('full', project)).expectations
  t.deepEqual(database?.rights.exactly, ['PROCESS on *.*', 'EXECUTE on PROCEDURE datadog.explain_statement'])
  t.deepEqual(
    database?.trials.allowed.map(({ what }) => what),
    ['explain'],
  )
  t.like(
    checks.find(({ name }) => name === 'mysql'),
    { metrics: [], rates: [] },
  )
})
