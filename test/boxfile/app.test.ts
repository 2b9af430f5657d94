import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { type Project, projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { readFiles } from '../../scripts/lib/observe/files.ts'
import { contextOf } from '../../scripts/lib/render/context.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { copiedProject } from '../render/_project.ts'
import { temporaryFolder } from '../render/_render.ts'
import { bare } from './_files.ts'

const apps = 'provision/40-app'

/** A box file with an app beside it, which may extend one of boxhound's folders. */
const box = (project: Project, files: Readonly<Record<string, string>>, settings = ''): string => {
  const file = join(project.tool, 'own', 'box.yaml')
  for (const [name, content] of Object.entries(files)) {
    const path = join(dirname(file), 'apps', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  mkdirSync(dirname(file), { recursive: true })
  const app = `app: { name: shop, port: 5050, service: shop, env: trial, version: 1.0.0${settings} }\n`
  writeFileSync(file, `${bare}${app}`)
  return file
}

/** A copy of the fixture in which the folder of its app is one to share. */
const sharing = (t: ExecutionContext): Project => {
  const project = copiedProject(t)
  cpSync(join(project.tool, apps, 'flask'), join(project.tool, apps, '_web'), { recursive: true })
  return project
}

test('an app is what it extends and its own, and its folder comes last', async (t) => {
  const project = sharing(t)
  const file = box(project, { 'shop/app.yaml': 'extends: _web\nunit: shop\n' })
  const { app } = await loadBox(file, project)
  t.deepEqual(app?.folders, [join(project.tool, apps, '_web'), join(dirname(file), 'apps', 'shop')])
  t.like(app?.definition, { unit: 'shop', log: '/var/log/trial-app/app.log' })
})

test('a fault of a shared app.yaml is told there, and a folder to share can’t be chosen', async (t) => {
  const project = sharing(t)
  const shared = join(project.tool, apps, '_web/app.yaml')
  writeFileSync(shared, `${readFileSync(shared, 'utf8')}rotues: []\n`)
  const file = box(project, { 'shop/app.yaml': 'extends: _web\n' })
  const error = await t.throwsAsync<BoxhoundError>(loadBox(file, project))
  t.is(error?.details.file, `${apps}/_web/app.yaml`)
  writeFileSync(file, readFileSync(file, 'utf8').replace('name: shop', 'name: _web'))
  t.regex((await t.throwsAsync<BoxhoundError>(loadBox(file, project)))?.message ?? '', /app\.name is not valid/)
})

test('what templates see of the trace is the way of the box file, and its operation', async (t) => {
  const project = sharing(t)
  const own = 'extends: _web\ntraces: { run: web.request, middleware: wsgi.request }\n'
  const seen = async (settings: string) => {
    const context = contextOf(await loadBox(box(project, { 'shop/app.yaml': own }, settings), project))
    const { trace, operation } = context.app as { trace: string; operation: string }
    return [trace, operation]
  }
  t.deepEqual(await seen(''), ['run', 'web.request'])
  t.deepEqual(await seen(', trace: run'), ['run', 'web.request'])
  t.deepEqual(await seen(', trace: middleware'), ['middleware', 'wsgi.request'])
})

test('a way that the app doesn’t offer is refused in the box file', async (t) => {
  const project = sharing(t)
  const file = box(project, { 'shop/app.yaml': 'extends: _web\n' }, ', trace: middleware')
  const error = await t.throwsAsync<BoxhoundError>(loadBox(file, project))
  t.like(error?.details, { line: 5, expected: 'run', found: 'middleware (string)', exitCode: 2 })
  t.regex(error?.message ?? '', /"shop" can't be traced this way/)
  const strange = box(project, {}, ', trace: both')
  t.regex((await t.throwsAsync<BoxhoundError>(loadBox(strange, project)))?.details.expected ?? '', /run or middleware/)
})

const project = projectAt(process.cwd(), {})

/** All files of the app's layer as one text, by their paths. */
const rendered = async (t: ExecutionContext, name: string, trace: string): Promise<ReadonlyMap<string, string>> => {
  const file = join(temporaryFolder(t), 'box.yaml')
  const app = `app: { name: ${name}, trace: ${trace}, port: 5050, service: shop, env: trial, version: 1.0.0 }\n`
  writeFileSync(file, `${bare}${app}`)
  const { layers } = await renderBox(await loadBox(file, project), project)
  const files = layers.find((layer) => layer.name === 'app')?.files ?? []
  return new Map(files.map(({ path, content }) => [path, content.toString('utf8')]))
}

/** Lines of the files that decide who traces the app. */
const tracing = (files: ReadonlyMap<string, string>): string[] =>
  [...files]
    .filter(([path]) => /\/trial-app\.service(?:\.d\/[^/]+)?$|\/uwsgi\.ini$/.test(path))
    .flatMap(([, text]) => text.split('\n'))
    .filter((line) => /^(?:ExecStart|import|module) ?=/.test(line) || /DD_WSGI|HEADER_TAGS/.test(line))
    .map((line) => line.replaceAll('/opt/trial-app/', ''))
    .sort()

const middleware = ['Environment="DD_WSGI_SERVICE=shop"', 'Environment=DD_TRACE_HEADER_TAGS=User-Agent:http.useragent']

test('gunicorn serves the app under ddtrace-run, or the app in the middleware without it', async (t) => {
  const gunicorn = 'venv/bin/gunicorn --config gunicorn.conf.py'
  t.deepEqual(tracing(await rendered(t, 'flask', 'run')), [`ExecStart=venv/bin/ddtrace-run ${gunicorn} app:app`])
  t.deepEqual(tracing(await rendered(t, 'flask', 'middleware')), [...middleware, `ExecStart=${gunicorn} traced:app`])
})

test('dashboard and monitor ask for the operation of the box’s way', async (t) => {
  for (const [trace, operation] of [
    ['run', 'flask.request'],
    ['middleware', 'wsgi.request'],
  ] as const) {
    const file = join(temporaryFolder(t), 'box.yaml')
    const app = `app: { trace: ${trace}, port: 5050, service: shop, env: trial, version: 1.0.0 }\n`
    writeFileSync(file, `${bare}${app}`)
    const { parts } = readFiles(await loadBox(file, project), project)
    const data = parts.filter(({ name }) => name === 'flask').map((part) => part.data)
    const asked = [...JSON.stringify(data).matchAll(/trace\.(\w+\.request)/g)].map(([, name]) => name)
    t.deepEqual(asked, Array<string>(6).fill(operation))
  }
})

test('uWSGI imports the tracer, or serves the app in the middleware', async (t) => {
  const uwsgi = 'ExecStart=venv/bin/uwsgi --ini uwsgi.ini'
  t.deepEqual(tracing(await rendered(t, 'flask-uwsgi', 'run')), [uwsgi, 'import = ddtrace.auto', 'module = app:app'])
  t.deepEqual(tracing(await rendered(t, 'flask-uwsgi', 'middleware')), [...middleware, uwsgi, 'module = traced:app'])
})
