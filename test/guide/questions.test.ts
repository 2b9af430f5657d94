import { existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { readDefinition } from '../../scripts/lib/box/definition.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { readFiles } from '../../scripts/lib/observe/files.ts'
import { checkContext } from '../../scripts/lib/render/context.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { renderTemplateFile } from '../../scripts/lib/render/template.ts'
import { writeRendered } from '../../scripts/lib/render/write.ts'
import { allIds } from '../../scripts/lib/verify/plan.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { blocksOf } from './_blocks.ts'

const page = readFileSync('guide/questions.md', 'utf8')
const flowing = page.replaceAll(/\s+/g, ' ')
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
const project = projectAt(process.cwd(), {})
const blocks = blocksOf('questions')
const blockWith = (start: string): string => blocks.find(({ text }) => text.startsWith(start))?.text ?? ''

test('each command of the page is a verb with these options', (t) => {
  const commands = [...flowing.matchAll(/`npm run ([\w:]+)(?: -- ([^`]*))?`/g)]
  t.true(commands.length >= 5)
  for (const [, verb = '', rest = ''] of commands) {
    t.true(verb in manifest.scripts, verb)
    const source = readFileSync(`scripts/${verb}.ts`, 'utf8')
    for (const [, option = ''] of rest.matchAll(/--([a-z-]+)/g))
      t.regex(source, new RegExp(`^    '?${option}'?: \\{`, 'm'), `${verb} --${option}`)
    const word = /^[a-z]+/.exec(rest)?.[0] ?? 'lab'
    if (verb === 'observe') t.regex(source, new RegExp(`const actions = \\[.*'${word}'`), word)
    else t.is(word, 'lab')
  }
  t.regex(readFileSync('scripts/lib/verify/target.ts', 'utf8'), /^ {2}host: \{/m)
})

test('the interval of the box file becomes what the page shows', async (t) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'boxes'))
  const file = join(folder, 'boxes/page.yaml')
  const agent = 'agent: { version: 7.83.0+lab, repository: lab }'
  await writeFile(file, `box: page\nversion: 1.0.0\nbase: { lab: trixie }\n${agent}\n${blockWith('checks:')}`)
  const box = await loadBox(file, project)
  const [check] = box.checks
  if (check === undefined) return t.fail('the example names a check')
  t.deepEqual([check.name, check.interval], ['my_metric', 45])
  const { content } = renderTemplateFile(join(check.folder, 'conf.yaml.hbs'), checkContext(box, check), {
    source: 'conf.yaml.hbs',
  })
  const [shown] = parse(blockWith('instances:')).instances
  const [instance] = parse(content).instances
  t.like(instance, shown)
  t.is(shown.min_collection_interval, 45)
  t.is(3600 / 45, Number(/up to (\d+) values/.exec(flowing)?.[1]))
})

test('the path of the rendered configuration is where render writes it', async (t) => {
  const folder = join(await temporaryFolder(t), 'rendered')
  await writeRendered(await renderBox(await loadBox('lab', project), project), folder)
  const path = /`(layers\/[^`]+)`/.exec(page)?.[1] ?? '-'
  t.is(parse(readFileSync(join(folder, path), 'utf8')).instances[0].min_collection_interval, 45)
})

test('the check and the reports that the page counts on are there', async (t) => {
  const { expectations } = await renderBox(await loadBox('lab', project), project)
  const ids = [...page.matchAll(/`((?:check|app)\.(?:my_metric\.interval|traces))`/g)].map(([, id = '']) => id)
  t.deepEqual(ids, ['check.my_metric.interval', 'app.traces'])
  for (const id of ids) t.true(allIds(expectations).includes(id), id)
})

test('graphs, queries, monitors and thresholds of the page are those of the lab box', async (t) => {
  const box = await loadBox('lab', project)
  const { parts } = readFiles(box, project)
  const text = JSON.stringify(parts.map(({ data }) => data.widgets))
  for (const title of ['Processor time, and what is usual', 'Requests by route']) {
    t.true(page.includes(`"${title}"`), title)
    t.true(text.includes(`"title":"${title}"`), title)
  }
  for (const query of ['avg:mysql.performance.cpu_time{$host,$env}', "anomalies(cpu, 'basic', 2)"]) {
    t.true(page.includes(`\`${query}\``), query)
    t.true(text.includes(`"${query}"`), query)
  }
  t.regex(text, /trace\.flask\.request\.hits\{[^}]*\} by \{resource_name\}/)
  const monitors = Object.assign({}, ...parts.map(({ data }) => data.monitors))
  t.true('app' in monitors)
  t.deepEqual(monitors.my_metric.above, { warning: 500, critical: 800 })
  t.true(flowing.includes('here 500 and 800'))
  t.false(JSON.stringify(monitors).includes('anomalies('), 'no monitor goes by an anomaly')
})

test('service and resources of the page are those of the app', async (t) => {
  const { app } = await loadBox('lab', project)
  const { routes } = parse(readFileSync('provision/40-app/_flask/app.yaml', 'utf8'))
  const rows = [...page.matchAll(/^\| `GET http:\/\/127\.0\.0\.1:(\d+)(\/\S*)` \| `([^`]+)` \| `([^`]+)` \|$/gm)]
  t.deepEqual(
    rows.map(([, port, path, resource, service]) => [Number(port), path, resource, service]),
    routes.map(({ path, resource }: { path: string; resource: string }) => [app?.port, path, resource, app?.service]),
  )
})

test('the app is traced as the page says: by its unit, and by nothing in its code', (t) => {
  const unit = readFileSync('provision/40-app/flask/root/etc/systemd/system/trial-app.service.hbs', 'utf8')
  const shared = 'provision/40-app/_flask/root'
  const more = readFileSync(`${shared}/etc/systemd/system/trial-app.service.d/10-boxhound.conf.hbs`, 'utf8')
  t.true(unit.includes(blockWith('ExecStart=')) && blockWith('ExecStart=').includes('ddtrace-run'))
  for (const name of ['DD_SERVICE', 'DD_ENV', 'DD_VERSION']) {
    t.true(page.includes(`\`${name}\``), name)
    t.true(more.includes(`Environment="${name}=`), name)
  }
  for (const file of ['app.py', 'json_log.py'])
    t.notRegex(readFileSync(`${shared}/opt/trial-app/${file}`, 'utf8'), /^\s*(?:import|from) ddtrace/m, file)
  // The other way, which the page names, takes ddtrace-run out of the unit.
  t.regex(flowing, /`app: \{ trace: middleware \}`/)
  t.regex(unit, /\{\{else\}\}\nExecStart=\S+\/gunicorn \S+ \S+ traced:app\n/)
  t.regex(readFileSync(`${shared}/opt/trial-app/traced.py`, 'utf8'), /DDWSGIMiddleware\(application\)/)
})

test('each file and page that is named is there', (t) => {
  for (const file of ['boxes/lab.yaml', 'test/python/run.sh', 'suite/controls/', 'provision/systems.yaml']) {
    t.regex(page, new RegExp(`\`${file}[ \`]`), file)
    t.true(existsSync(file), file)
  }
  for (const [, folder = ''] of page.matchAll(/`test\/python\/run\.sh ([^`]+)`/g)) t.true(existsSync(folder), folder)
  for (const [, link = ''] of page.matchAll(/\]\(([\w-]+\.md)\)/g)) t.true(existsSync(`guide/${link}`), link)
  const { definition } = readDefinition(join(project.tool, 'provision/50-checks/my_metric/check.yaml'), project)
  t.is(definition.interval, 45)
})
