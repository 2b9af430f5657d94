import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { allPermissions } from '../../lab/account/permissions.ts'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { isObject } from '../../scripts/lib/_helpers/json.ts'
import { type Project, projectAt } from '../../scripts/lib/_helpers/paths.ts'
import type { Box } from '../../scripts/lib/box/box.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { usualAccountPatience } from '../../scripts/lib/observe/account/patience.ts'
import { changesExitCode } from '../../scripts/lib/observe/actions.ts'
import type { Weekday } from '../../scripts/lib/observe/calendar/days.ts'
import { judge } from '../../scripts/lib/observe/calendar/judge.ts'
import { fingerprint } from '../../scripts/lib/observe/canonical.ts'
import { planChanges } from '../../scripts/lib/observe/changes.ts'
import { planDocument } from '../../scripts/lib/observe/document.ts'
import { schedulesOf, wishOf } from '../../scripts/lib/observe/downtimes.ts'
import { readFiles, readServer } from '../../scripts/lib/observe/files.ts'
import type { JsonObject } from '../../scripts/lib/observe/json-object.ts'
import { mark } from '../../scripts/lib/observe/marker.ts'
import { modelProblems } from '../../scripts/lib/observe/models/problems.ts'
import type { Live, Resource } from '../../scripts/lib/observe/resource-kinds.ts'
import { type Wanted, wantedOf } from '../../scripts/lib/observe/resources.ts'
import { assertNoGap } from '../../scripts/lib/observe/silence.ts'
import { calendarText, planText } from '../../scripts/lib/observe/terminal.ts'
import { plain } from '../../scripts/lib/report/terminal.ts'
import { wireChecks } from '../../scripts/lib/wire/checks.ts'
import { intakeSettings } from '../../scripts/lib/wire/point.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { expectations, provoked } from '../wire/_received.ts'
import { blocksOf } from './_blocks.ts'

const page = readFileSync('guide/observe.md', 'utf8')
const flowing = page.replaceAll(/\s+/g, ' ')
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
const project = projectAt(process.cwd(), {})
const server = readServer(project)
/** A Thursday, in the week before the one that the page draws. */
const now = new Date('2026-11-26T07:00:00Z')
const blocks = blocksOf('observe')
const blockWith = (start: string): string => blocks.find(({ text }) => text.startsWith(start))?.text ?? ''
const workdays: Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday']

/** The lab box with more lines in its file, and with the checks of the guide beside it. */
const boxWith = async (t: ExecutionContext, lines: string, checks = ''): Promise<Box> => {
  const folder = await temporaryFolder(t)
  const check = join(folder, 'boxes/checks/job_queue')
  await mkdir(check, { recursive: true })
  const starts = { 'job_queue.py': '"""Length', 'check.yaml': 'title: Jobs', 'conf.yaml.hbs': 'init_config' }
  const walkthrough = blocksOf('checks').map(({ text }) => text)
  for (const [name, start] of Object.entries(starts))
    await writeFile(join(check, name), walkthrough.find((text) => text.startsWith(start)) ?? '')
  await writeFile(join(check, 'observe.yaml.hbs'), blockWith('group: Job queue'))
  const file = join(folder, 'boxes/lab.yaml')
  const text = readFileSync('boxes/lab.yaml', 'utf8').replace('\nchecks:\n', `\nchecks:\n${checks}`)
  await writeFile(file, text + lines)
  return loadBox(file, project)
}

const moreChecks = `  job_queue: { interval: 60, options: { folder: /var/spool/jobs } }
  electricity: { options: { url: "https://example.com/production.xml" } }
  page_views:
`

const wantedFor = (box: Box): Wanted => wantedOf(box, readFiles(box, project), 'Europe/Paris', now, project)

const live = ({ kind, name, wire }: Resource, id: string, change: JsonObject = {}): Live => {
  const marker = { box: 'lab', name, applied: fingerprint(kind, wire, server[kind] ?? raise(kind)) }
  return { kind, id, marker, wire: mark(kind, { ...wire, ...change }, marker), created: id }
}

const raise = (what: string): never => {
  throw new Error(`nothing is said of ${what}`)
}

const helpOf = async (verb: string): Promise<string> => {
  const { main }: { main: (argv: string[], project: Project) => Promise<number> } = await import(
    `../../scripts/${verb}.ts`
  )
  const told: string[] = []
  const { log } = console
  console.log = (line: string) => void told.push(line)
  await main(['--help'], project).finally(() => {
    console.log = log
  })
  return told.join('\n')
}

test.serial('each command of the page is a verb with these words and options', async (t) => {
  const commands = [...page.matchAll(/npm run ([\w:]+) -- ([a-z]+)?/g)]
  t.true(commands.length >= 6)
  const help = `${await helpOf('observe')}\n${await helpOf('verify')}`
  for (const [, verb = '', word = ''] of commands) {
    t.true(verb in manifest.scripts, verb)
    if (verb === 'observe') t.regex(help, new RegExp(`\\b${word}\\b.* BOX`), word)
  }
  const options = [...page.replaceAll('npm ci --include=optional', '').matchAll(/(?<=[\s`])--([a-z]+(?:-[a-z]+)*)/g)]
  t.true(options.length > 8)
  for (const [, option = ''] of options) t.regex(help, new RegExp(`^  --${option}\\b`, 'm'), option)
  t.true(flowing.includes(`\`plan --detailed-exitcode\` ends with ${changesExitCode}`))
})

test('the box file’s section is one, and sets every field that there is', async (t) => {
  const { observe } = await boxWith(t, blockWith('observe:\n'))
  t.deepEqual(observe, {
    boards: ['team_overview'],
    exports: ['backups'],
    host: 'db1',
    timezone: 'Europe/Paris',
    handles: ['@slack-ops', '@you@example.com'],
    tags: ['team:web'],
    monitors: { my_metric: 'once', app: false },
    downtimes: { evening: '20:00', morning: '08:00' },
  })
  const explained = [...page.matchAll(/^\| `(host|timezone|handles|tags|monitors|boards|exports|downtimes)` \|/gm)].map(
    ([, name]) => name,
  )
  t.deepEqual(explained.sort(), Object.keys(observe).sort())
  const { observe: usual } = await boxWith(t, '')
  t.deepEqual(usual.downtimes, { evening: '19:00', morning: '09:00' })
  t.true(page.includes('default `19:00` and `09:00`'))
  t.is(usual.timezone, 'account')
})

test('the monitors of the page are those of the files, with their numbers', async (t) => {
  const monitors = Object.assign(
    {},
    ...readFiles(await boxWith(t, '', moreChecks), project).parts.map(({ data }) => data.monitors),
  )
  const rows = new Map(
    [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| ([^|]+[^|\s]) \|$/gm)].map(([, a = '', b = '']) => [a, b]),
  )
  const { job_queue: _, ...own } = monitors
  t.deepEqual([...rows.keys()].sort(), Object.keys(own).sort())
  for (const [name, row] of rows) {
    const { above, thresholds, no_data: noData, query = '', variants = {} } = monitors[name]
    const percent = name === 'app' ? 100 : 1
    for (const value of Object.values({ ...above, ...thresholds }).map((one) => Number(one) * percent))
      t.regex(row, new RegExp(value === 1 && percent === 1 ? 'once|says' : `\\b${value}\\b`), `${name} ${value}`)
    if (noData !== undefined) t.true(row.includes(`${noData} minutes`), name)
    const window = /last_(\d+)m/.exec(query || Object.values(variants).map((one) => JSON.stringify(one))[0] || '')?.[1]
    if (window !== undefined) t.true(row.includes(`${window} minutes`), name)
    for (const variant of Object.keys(variants).slice(1)) t.true(row.includes(`\`${variant}\``), variant)
  }
})

test('each permission of the page is one that is asked for, and none is left out', (t) => {
  const named = [...page.matchAll(/^\| .+ \| `([a-z_]+)` \|$/gm)].map(([, name = '']) => name)
  t.deepEqual(named.sort(), [...allPermissions].sort())
  const folder = 'scripts/lib/observe/account'
  const sources = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
  const asked = [...sources.join('\n').matchAll(/(?:permission|read|write): '([a-z_]+)'/g)].map(([, name = '']) => name)
  t.deepEqual([...new Set(asked)].sort(), named)
})

test('the plan of the page is what boxhound prints', async (t) => {
  const before = wantedFor(await boxWith(t, '')).resources
  const after = wantedFor(await boxWith(t, 'observe: { monitors: { my_metric: once, app: false } }\n'))
  const account = before.flatMap((one, index) => {
    const id = String(index)
    if (one.name === 'database') return []
    if (one.name === 'board') return [live(one, id), live(one, '9', { title: 'lab: my copy' })]
    const { options } = one.wire
    return [
      live(
        one,
        id,
        one.name === 'agent' && isObject(options) ? { options: { ...options, no_data_timeframe: 60 } } : {},
      ),
    ]
  })
  const changes = planChanges(after.resources, account, server)
  t.is(`${planText({ changes }, plain)}\n`, blockWith('  ~ monitor'))
  const names = Object.keys(
    planDocument({ box: await loadBox('lab', project), changes, wanted: after, server, warnings: [] }, '', null),
  )
  t.true(
    flowing.includes(
      names
        .map((name) => `\`${name}\``)
        .join(', ')
        .replace('`changes`', '`changes` with every field'),
    ),
  )
})

test('the calendar of the page is the one that is drawn, and its gap the one that is found', async (t) => {
  const zone = 'Europe/Paris'
  const { data } = readFiles(await boxWith(t, ''), project).downtimes ?? raise('downtimes')
  const wish = wishOf(data)
  const judgement = judge(schedulesOf(data, zone, now), wish, zone, now)
  t.deepEqual(judgement.findings, [])
  const drawn = calendarText(judgement, zone, plain, { colour: false }).split('\n')
  const lines = (blocks.find(({ text }) => text.includes('Sat 5 Dec'))?.text ?? '').trimEnd().split('\n')
  t.is(lines.length, 5)
  for (const line of lines) t.true(drawn.includes(line), line)
  const nights = { message: 'n', rules: [{ days: workdays, from: '19:00', to: '09:00' }] }
  const other = { ...data, downtimes: { ...data.downtimes, nights } }
  const gaps = judge(schedulesOf(other, zone, now), wish, zone, now)
  const [first = ''] = gaps.findings
  t.is(t.throws<BoxhoundError>(() => assertNoGap(gaps))?.exitCode, 2)
  t.regex(first, /^gap: Monday/)
  t.true(flowing.includes(`\`${first}\``), first)
})

test('a copy made by hand counts as the original once that is gone', async (t) => {
  const wanted = wantedFor(await boxWith(t, '')).resources.filter(({ kind }) => kind === 'dashboard')
  const copies = wanted.map((one) => live(one, '9', { title: 'lab: my copy' }))
  const actions = (resources: readonly Resource[]) =>
    planChanges(resources, copies, server).map(({ action, id }) => `${action} ${id}`)
  t.deepEqual(actions(wanted), ['change 9'])
  t.deepEqual(actions([]), ['remove 9'])
})

test('the check’s own file becomes a group and a monitor that the API’s models take, in both variants', async (t) => {
  const box = await boxWith(t, '', moreChecks)
  for (const monitors of [{}, { job_queue: 'once' }] as const) {
    const { resources } = wantedFor({ ...box, observe: { ...box.observe, monitors } })
    const own = resources.filter(({ source }) => source.includes('job_queue'))
    t.is(own.length, 1)
    for (const { kind, wire } of resources.filter(({ kind }) => kind !== 'downtime'))
      t.deepEqual(modelProblems(kind === 'monitor' ? 'Monitor' : 'Dashboard', 'v1', wire), [])
    const { query, message } = own[0]?.wire ?? {}
    const aggregate = 'job_queue' in monitors ? 'max' : 'min'
    t.is(
      query,
      `${aggregate}(last_15m):${aggregate}:job_queue.length{env:trial,role:database,region:local} by {host} > 100`,
    )
    t.regex(String(message), /\{\{value\}\} jobs wait on \{\{host\.name\}\}/)
    const board = JSON.stringify(resources.find(({ kind }) => kind === 'dashboard')?.wire)
    t.true(board.includes('Jobs that wait, every 60 seconds'))
  }
})

test('the mark, the limit and the settings that the page tells are those of the code', (t) => {
  const marked = mark('dashboard', { description: '' }, { box: 'lab', name: 'board', applied: '01234567' })
  t.true(String(marked.description).startsWith(/`(Managed by boxhound: [^`]+)`/.exec(flowing)?.[1] ?? '-'))
  const { tags } = mark('monitor', {}, { box: 'lab', name: 'board', applied: '01234567' })
  for (const tag of ['managed_by:boxhound', 'boxhound_box:', 'boxhound_resource:', 'boxhound_box:lab']) {
    t.true(page.includes(`\`${tag}\``))
    t.true(Array.isArray(tags) && tags.some((one) => String(one).startsWith(tag)), tag)
  }
  t.is(usualAccountPatience.longest, 5 * 60)
  for (const name of [...page.matchAll(/`(DD_(?:DD|APM|LOGS)[A-Z_]*)`/g)].map(([, one = '']) => one))
    t.true(name in intakeSettings(1), name)
  const ids = [...page.matchAll(/`(wire\.[\w.-]+)`/g)].map(([, id = '']) => id)
  const known = wireChecks(expectations, provoked).map(({ id }) => id)
  t.deepEqual(
    ids,
    known.filter((id) => !id.startsWith('wire.metrics.') || id === 'wire.metrics.my_metric'),
  )
})

test('each file that the page names is there', (t) => {
  for (const file of ['observe/server.yaml', 'observe/downtimes.yaml.hbs', 'lab/account'])
    t.true(page.includes(`\`${file}\``) && existsSync(file), file)
  for (const [, link = ''] of page.matchAll(/\]\(([\w-]+\.md)\)/g)) t.true(existsSync(`guide/${link}`), link)
})
