import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { isObject, textOf } from '../../scripts/lib/_helpers/json.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { readFiles } from '../../scripts/lib/observe/files.ts'
import { modelProblems } from '../../scripts/lib/observe/models/problems.ts'
import { monitorWire } from '../../scripts/lib/observe/monitors.ts'
import { wantedOf } from '../../scripts/lib/observe/resources.ts'
import type { MonitorFile } from '../../scripts/lib/observe/schema.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { labBox, now, project } from './_observe.ts'

const wanted = async (name: string) => {
  const box = await loadBox(name, project)
  return wantedOf(box, readFiles(box, project), 'Europe/Paris', now, project)
}

for (const name of ['lab', 'lab-mongodb', 'lab-postgres', 'lab-uwsgi', 'ubuntu']) {
  test(`what ${name} brings into an account is what is stored`, async (t) => {
    const { resources } = await wanted(name)
    const text = `${JSON.stringify(resources, null, 2)}\n`
    const file = join(project.tool, 'test/observe/stored', `${name}.json`)
    if (process.env.BOXHOUND_STORE === 'yes' || !existsSync(file)) await writeFile(file, text)
    t.is(text, await readFile(file, 'utf8'))
  })

  test(`every resource of ${name} is one by the official client’s models`, async (t) => {
    const { resources } = await wanted(name)
    for (const { kind, wire } of resources) {
      const [model, version] =
        kind === 'downtime'
          ? (['DowntimeCreateRequestAttributes', 'v2'] as const)
          : ([kind === 'monitor' ? 'Monitor' : 'Dashboard', 'v1'] as const)
      t.deepEqual(modelProblems(model, version, wire), [])
    }
  })
}

const file: MonitorFile = {
  name: 'n',
  type: 'metric alert',
  query: 'avg(last_5m):avg:m{*}',
  above: { warning: 500, critical: 800 },
  message: { alert: 'a', warning: 'w', no_data: 'n', recovery: 'r' },
  tags: [],
  options: {},
}

test('the number in the query and the threshold come from one place, in every variant', async (t) => {
  const { resources } = await wanted('lab')
  for (const { kind, name, wire } of resources) {
    if (kind !== 'monitor' || textOf(wire.type) === 'service check') continue
    const options = isObject(wire.options) ? wire.options : {}
    const critical = isObject(options.thresholds) ? options.thresholds.critical : undefined
    t.is(Number(/[<>] (\S+)$/.exec(textOf(wire.query))?.[1]), Number(critical), name)
  }
  const low = monitorWire({ ...file, above: undefined, below: { critical: 3 } }, undefined, (await labBox()).observe)
  t.is(low.query, 'avg(last_5m):avg:m{*} < 3')
})

test('where a state ends goes with its limit, by the API’s names', async (t) => {
  const above = { warning: 500, warning_recovery: 400, critical: 800, critical_recovery: 700 }
  const wire = monitorWire({ ...file, above }, undefined, (await labBox()).observe)
  t.true(textOf(wire.query).endsWith('> 800'))
  t.like(wire.options, { thresholds: above })
})

test('the lines that the graph of my_metric draws are the thresholds of its monitor', async (t) => {
  const { resources } = await wanted('lab')
  const board = JSON.stringify(resources.find(({ kind }) => kind === 'dashboard'))
  const thresholds = resources.find(({ name }) => name === 'my_metric')?.wire.options
  t.deepEqual(isObject(thresholds) ? thresholds.thresholds : {}, { warning: 500, critical: 800 })
  for (const line of ['y = 500', 'y = 800']) t.true(board.includes(`"${line}"`))
})

test('handles stand in every section, so that who hears of an alert hears of its end', async (t) => {
  const { observe } = await labBox({ handles: ['@a@example.com', '@slack-ops'] })
  t.is(
    monitorWire({ ...file, message: { ...file.message } }, undefined, observe).message,
    ['alert', 'warning', 'no_data', 'recovery']
      .map((state) => `{{#is_${state}}}\n${state[0]}\n@a@example.com @slack-ops\n{{/is_${state}}}`)
      .join('\n'),
  )
  const none = monitorWire({ ...file, message: { ...file.message } }, undefined, (await labBox()).observe)
  t.false(textOf(none.message).includes('@'))
})

test('a variant replaces what it names', async (t) => {
  const variants = { average: {}, once: { query: 'max(last_5m):max:m{*}' } }
  const of = async (word?: string) => monitorWire({ ...file, variants }, word, (await labBox()).observe).query
  t.is(await of(), 'avg(last_5m):avg:m{*} > 800')
  t.is(await of('once'), 'max(last_5m):max:m{*} > 800')
})

test('a box with one host is looked at by its name', async (t) => {
  const box = await labBox({ host: 'db-1' })
  const { resources } = wantedOf(box, readFiles(box, project), 'UTC', now, project)
  const text = JSON.stringify(resources)
  t.true(text.includes('avg:my_metric{host:db-1} by {host}'))
  t.true(text.includes('\\"mysql.can_connect\\".over(\\"host:db-1\\")'))
  t.true(text.includes('"name":"host","prefix":"host","defaults":["db-1"]'))
})

test('a box without tags looks at every host, one without database, app and checks has the host alone', async (t) => {
  const box = await labBox()
  const bare = { ...box, agent: { ...box.agent, tags: [] }, database: null, app: null, checks: [] }
  const { resources } = wantedOf(bare, readFiles(bare, project), 'UTC', now, project)
  t.deepEqual(
    resources.map(({ name }) => name),
    ['agent', 'board', 'nights', 'weekend'],
  )
  t.true(JSON.stringify(resources).includes('.over(\\"*\\")'))
})

const wrong: readonly [title: string, monitors: Record<string, string | false>, expected: RegExp][] = [
  ['a monitor that there is not', { my_metrics: false }, /did you mean "my_metric"/],
  ['a variant that there is not', { my_metric: 'ones' }, /did you mean "once"/],
  ['a variant of a monitor without variants', { agent: 'once' }, /^false, to leave the monitor out.* agent: false/],
]

for (const [title, monitors, expected] of wrong)
  test(`the box file names ${title}: refused with the nearest`, async (t) => {
    const box = await labBox({ monitors })
    const error = t.throws<BoxhoundError>(() => wantedOf(box, readFiles(box, project), 'UTC', now, project))
    t.is(error?.code, 'E_BOX_FILE')
    t.is(error?.exitCode, 2)
    t.is(error?.details.file, 'boxes/lab.yaml')
    t.regex(`${error?.details.expected} ${error?.details.next}`, expected)
  })

test('what the box file says wrongly of monitors is told at its lines, all at once', async (t) => {
  const file = join(await temporaryFolder(t), 'lab.yaml')
  const text = await readFile(join(project.root, 'boxes/lab.yaml'), 'utf8')
  await writeFile(file, `${text}observe:\n  monitors:\n    my_metrc: once\n    app: once\n    agent: false\n`)
  const box = await loadBox(file, project)
  const error = t.throws<BoxhoundError>(() => wantedOf(box, readFiles(box, project), 'UTC', now, project))
  const { cause } = error?.details ?? {}
  const errors: readonly BoxhoundError[] = cause instanceof AggregateError ? cause.errors : []
  const line = text.split('\n').length + 2
  t.deepEqual(
    errors.map(({ details: { line, column } }) => [line, column]),
    [
      [line, 5],
      [line + 1, 10],
    ],
  )
  t.is(errors[1]?.message, 'observe.monitors.app: this monitor has no variants')
})

test('tags of the box stand on every monitor, after those of its file', async (t) => {
  const box = await labBox({ tags: ['team:web', 'tier:1'] })
  const { resources } = wantedOf(box, readFiles(box, project), 'UTC', now, project)
  const monitors = resources.filter(({ kind }) => kind === 'monitor')
  t.true(monitors.length > 2)
  for (const { wire } of monitors) t.deepEqual(wire.tags, ['team:web', 'tier:1'])
  const own = monitorWire({ ...file, tags: ['tier:1', 'own'] }, undefined, box.observe)
  t.deepEqual(own.tags, ['tier:1', 'own', 'team:web'])
})

test('every field of the account side that a box can set changes what is wanted', async (t) => {
  const plain = JSON.stringify((await wanted('lab')).resources)
  for (const observe of [
    { host: 'x' },
    { handles: ['@x'] },
    { tags: ['x'] },
    { monitors: { app: false as const } },
    { downtimes: null },
    { downtimes: { evening: '20:00', morning: '08:00' } },
  ]) {
    const box = await labBox(observe)
    t.not(JSON.stringify(wantedOf(box, readFiles(box, project), 'Europe/Paris', now, project).resources), plain)
  }
})
