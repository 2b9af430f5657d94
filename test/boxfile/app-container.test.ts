import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import type { Box } from '../../scripts/lib/box/box.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { fileOf, layerOf, textOf } from '../render/_project.ts'
import { temporaryFile } from './_files.ts'

const project = projectAt(process.cwd(), {})
const onPackage = '{ version: 7.83.0+lab, repository: lab }'
const inContainer = '{ version: 7.83.0+lab, run: container, image: lab }'

/** Beside the box file there is `plain`, an app that says nothing of a container. */
const load = (t: ExecutionContext, app: string, agent = onPackage): Promise<Box> => {
  const file = temporaryFile(
    t,
    `box: x\nversion: 1.0.0\nbase: { lab: trixie }\nagent: ${agent}\napp: { port: 5050, service: shop, env: trial, version: 1.0.0+a${app} }\n`,
  )
  const folder = join(dirname(file), 'apps/plain')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'app.yaml'), 'extends: _flask\n')
  return loadBox(file, project)
}

test('an app runs on the host unless the box file says otherwise', async (t) => {
  t.like((await load(t, '')).app, { run: 'host', image: null })
  t.like((await load(t, ', run: container, image: lab')).app, { run: 'container', image: 'lab' })
})

for (const [what, app, message, expected] of [
  ['a container without an image', ', run: container', /needs app\.image/, /@sha256:/],
  ['an image without a container', ', image: lab', /has no effect/, /run: container/],
  ['a tag', ', run: container, image: "ghcr.io/a/b:7"', /app\.image/, /a tag can be moved/],
  ['sha512', `, run: container, image: "ghcr.io/a/b@sha512:${'a'.repeat(128)}"`, /app\.image/, /only sha256/],
  ['another word for run', ', run: podman, image: lab', /app\.run/, /host or container/],
  ['an app that is not made for it', ', name: plain, run: container, image: lab', /can't run in a container/, /^host$/],
] as const)
  test(`${what} is refused with its place`, async (t) => {
    const error = await t.throwsAsync(load(t, app), { instanceOf: BoxhoundError })
    const { details } = error as BoxhoundError
    t.regex(error?.message ?? '', message)
    t.regex(details.expected ?? '', expected)
    t.is(details.line, 5)
    t.truthy(details.found && details.next)
    t.is(details.exitCode, 2)
  })

test('the layer of the app has the image to stand on and what moves into it; the host keeps the log', async (t) => {
  const rendered = await renderBox(await load(t, ', run: container, image: lab', inContainer), project)
  const layer = layerOf(rendered, 'app')
  t.deepEqual(layer.spec.images, [{ name: 'app', lab: 'lab/images/python' }])
  t.is(layer.scripts.at(-1)?.path, '03-_container.sh', 'last: it moves what the others install')
  t.deepEqual(
    layer.data.map(({ path }) => path),
    ['app-image', 'app-paths', 'app-python', 'append_layer.py'],
  )
  t.is(layer.data[1]?.content.toString().trim(), '/opt/trial-app')
  t.regex(
    textOf(layer, 'etc/systemd/system/trial-app.service'),
    /^ExecStart=\/usr\/lib\/boxhound\/app-container \/opt/m,
  )
  const dropIn = textOf(layer, 'etc/systemd/system/trial-app.service.d/10-boxhound.conf')
  t.regex(dropIn, /DD_SERVICE=shop/)
  // podman needs root and its own mounts; the container has limits of its own.
  t.notRegex(dropIn, /^(User|ProtectSystem|CapabilityBoundingSet)=/m)
  const script = textOf(layer, 'usr/lib/boxhound/app-container')
  t.regex(script, /--add-host=datadog-agent:'10\.94\.0\.2' --env=DD_AGENT_HOST=datadog-agent/)
  t.regex(script, /--ip='10\.94\.0\.3'/)
  t.regex(script, /'localhost\/boxhound\/trial-app:1\.0\.0-a'/)
  t.notRegex(script, /DD_SERVICE/, 'values come from the unit')
  t.deepEqual(rendered.expectations.container?.seen[1], {
    name: 'trial-app',
    tags: ['container_name:trial-app', 'image_name:localhost/boxhound/trial-app', 'image_tag:1.0.0-a'],
  })
})

test('beside an Agent on the host the app’s layer brings podman, and the app uses the Agent’s socket', async (t) => {
  const rendered = await renderBox(await load(t, ', run: container, image: lab'), project)
  const layer = layerOf(rendered, 'app')
  t.true(layer.spec.packages.includes('podman'))
  t.truthy(fileOf(layer, 'etc/containers/networks/boxhound.json'))
  const script = textOf(layer, 'usr/lib/boxhound/app-container')
  t.regex(script, /--volume=\/run\/datadog:\/var\/run\/datadog:ro/)
  t.notRegex(script, /DD_AGENT_HOST/)
  t.is(rendered.expectations.container, null)
})

test('uWSGI is in the container, nginx on the host: it has the port, and they meet at a socket', async (t) => {
  const layer = layerOf(
    await renderBox(await load(t, ', name: flask-uwsgi, run: container, image: lab'), project),
    'app',
  )
  const script = textOf(layer, 'usr/lib/boxhound/app-container')
  t.notRegex(script, /--publish/)
  t.regex(script, /--volume='\/run\/trial-app':'\/run\/trial-app'/)
  t.notRegex(textOf(layer, 'opt/trial-app/uwsgi.ini'), /chown-socket/, 'the account has no name in the image')
  const unit = textOf(layer, 'etc/systemd/system/trial-app.service')
  t.regex(unit, /^ExecStart=\/usr\/lib\/boxhound\/app-container .*uwsgi/m)
  t.regex(unit, /^ExecStartPre=.* -g www-data -m 2750 \/run\/trial-app$/m)
  const gunicorn = layerOf(await renderBox(await load(t, ', run: container, image: lab'), project), 'app')
  t.regex(textOf(gunicorn, 'usr/lib/boxhound/app-container'), /--publish='?5050'?:'?5050'?\/tcp/)
})

test('an app on the host is rendered as before', async (t) => {
  const layer = layerOf(await renderBox(await load(t, ''), project), 'app')
  t.is(layer.spec.images, undefined)
  t.deepEqual(layer.data, [])
  t.regex(textOf(layer, 'etc/systemd/system/trial-app.service.d/10-boxhound.conf'), /^User=trial-app$/m)
})
