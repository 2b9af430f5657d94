import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { copiedProject, fileOf, layerOf, renderNamed, textOf } from './_project.ts'

test('a full box has every layer, bottom up', async (t) => {
  const { layers } = await renderNamed('full')
  t.deepEqual(
    layers.map(({ name, folders }) => [name, folders]),
    [
      ['base', ['provision/10-base']],
      ['agent', ['provision/20-agent', 'provision/20-agent/package']],
      ['database', ['provision/30-database/_mysql', 'provision/30-database/mariadb']],
      ['app', ['provision/40-app/flask']],
      ['checks', ['provision/50-checks/my_metric', 'provision/50-checks/source']],
      ['seal', ['provision/90-seal']],
    ],
  )
})

test('a box without database, app and checks leaves their layers out', async (t) => {
  const { layers } = await renderNamed('bare')
  t.deepEqual(
    layers.map(({ name }) => name),
    ['base', 'agent', 'seal'],
  )
})

test('templates are rendered with a banner, in JSON without', async (t) => {
  const rendered = await renderNamed('full')
  t.is(
    textOf(layerOf(rendered, 'agent'), 'etc/datadog-agent/datadog.yaml'),
    '# rendered from provision/20-agent/root/etc/datadog-agent/datadog.yaml.hbs, do not edit\n' +
      'site: "datadoghq.com"\ntags:\n  - "env:trial"\n  - "role:database"\n# has a database\nlogs_enabled: true\n',
  )
  t.is(textOf(layerOf(rendered, 'base'), 'etc/boxhound/box.json'), '{"box": "full", "version": "1.2.3" }\n')
})

test('files that are no templates come byte for byte, with their executable bit and nothing else of their mode', async (t) => {
  const tool = fileOf(layerOf(await renderNamed('full'), 'base'), 'usr/lib/boxhound/tool')
  t.is(tool.content.toString('utf8'), '#!/bin/sh\necho "plain {{not a template}}"\n')
  t.is(tool.mode, 0o755)
  t.is(tool.language, 'shell')
})

test("the mode of a checkout's umask makes no difference", async (t) => {
  const project = copiedProject(t)
  const base = join(project.tool, 'provision/10-base/root')
  chmodSync(join(base, 'usr/lib/boxhound/tool'), 0o700)
  chmodSync(join(base, 'etc/boxhound/box.json.hbs'), 0o600)
  const layer = layerOf(await renderNamed('bare', project), 'base')
  t.is(fileOf(layer, 'usr/lib/boxhound/tool').mode, 0o755)
  t.is(fileOf(layer, 'etc/boxhound/box.json').mode, 0o644)
})

test('a check brings its two files under its own name, owned by the Agent, and nothing else of its folder', async (t) => {
  const checks = layerOf(await renderNamed('full'), 'checks')
  t.deepEqual(
    checks.files.map(({ path, mode }) => [path, mode.toString(8)]),
    [
      ['etc/datadog-agent/checks.d/my_metric.py', '644'],
      ['etc/datadog-agent/checks.d/source.py', '644'],
      ['etc/datadog-agent/conf.d/my_metric.d/conf.yaml', '640'],
      ['etc/datadog-agent/conf.d/source.d/conf.yaml', '640'],
    ],
  )
  t.deepEqual(
    checks.spec.owners.filter(({ path }) => path.includes('my_metric')),
    [
      { path: '/etc/datadog-agent/checks.d/my_metric.py', owner: 'dd-agent', group: 'dd-agent', mode: '0644' },
      { path: '/etc/datadog-agent/conf.d/my_metric.d', owner: 'dd-agent', group: 'dd-agent' },
      { path: '/etc/datadog-agent/conf.d/my_metric.d/conf.yaml', owner: 'dd-agent', group: 'dd-agent', mode: '0640' },
    ],
  )
  t.true(textOf(checks, 'etc/datadog-agent/conf.d/my_metric.d/conf.yaml').includes('min_collection_interval: 45'))
})

test('scripts are numbered in the order of their folders', async (t) => {
  const rendered = await renderNamed('full')
  t.deepEqual(
    layerOf(rendered, 'checks').scripts.map(({ path, mode }) => [path, mode]),
    [['02-source.sh', 0o755]],
  )
  t.deepEqual(
    layerOf(rendered, 'seal').scripts.map(({ path }) => path),
    ['01-seal.sh'],
  )
  t.is(
    textOf(layerOf(rendered, 'checks'), '02-source.sh'),
    '#!/usr/bin/env bash\n# rendered from provision/50-checks/source/provision.sh.hbs, do not edit\nset -Eeuo pipefail\nprintf "%s\\n" \'full\'\n',
  )
})

test("the repository's address, key and version are what the lab and the real box differ in", async (t) => {
  const lab = layerOf(await renderNamed('full'), 'agent').spec
  const real = layerOf(await renderNamed('bare'), 'agent').spec
  t.deepEqual(lab.packages, ['datadog-agent=1:7.83.0+lab-1'])
  t.deepEqual(real.packages, ['datadog-agent=1:7.83.0-1'])
  const [ofLab, ofReal] = [lab.repositories[0], real.repositories[0]]
  t.deepEqual([ofLab?.lab, ofLab?.url, ofLab?.keys], ['lab/agent', 'http://apt.lab.invalid/', []])
  t.deepEqual([ofReal?.lab, ofReal?.url, ofReal?.keys.length], [false, 'https://apt.datadoghq.com/', 3])
  for (const key of ['suite', 'components', 'keyring'] as const) t.deepEqual(ofLab?.[key], ofReal?.[key], key)
})

test('a check beside a box file elsewhere is named without a path of this machine', async (t) => {
  const project = copiedProject(t)
  const folder = join(dirname(project.tool), 'mine/checks/own')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'check.yaml'), 'title: Own\nexpect: {}\n')
  writeFileSync(join(folder, 'own.py'), '')
  writeFileSync(join(folder, 'conf.yaml.hbs'), 'instances: [{ min_collection_interval: {{check.interval}} }]\n')
  const box = join(dirname(folder), '../box.yaml')
  writeFileSync(box, 'box: own\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0 }\nchecks: { own: }\n')
  const checks = layerOf(await renderNamed(box, project), 'checks')
  t.deepEqual(checks.folders, ['checks/own'])
  const { content, source } = fileOf(checks, 'etc/datadog-agent/conf.d/own.d/conf.yaml')
  t.is(source, 'checks/own/conf.yaml.hbs')
  t.false(content.toString('utf8').includes(dirname(project.tool)))
})

test('a check whose code is named otherwise is refused', async (t) => {
  const project = copiedProject(t)
  const folder = join(project.tool, 'provision/50-checks/other')
  mkdirSync(folder)
  writeFileSync(join(folder, 'check.yaml'), 'title: Other\nexpect: {}\n')
  writeFileSync(join(folder, 'othr.py'), '')
  writeFileSync(
    join(project.root, 'boxes/bare.yaml'),
    'box: bare\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0 }\nchecks: { other: }\n',
  )
  const error = await t.throwsAsync(renderNamed('bare', project), { instanceOf: BoxhoundError })
  t.is(error.message, 'the check "other" has no other.py')
  t.is(error.exitCode, 2)
})

test('what cloud-init alone needs goes into images that have it', async (t) => {
  const project = copiedProject(t)
  const folder = join(project.tool, 'provision/10-base/cloud-init/root/etc/cloud')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'one.cfg'), 'one: 1\n')
  const agent = 'agent: { version: 7.83.0 }\n'
  writeFileSync(join(project.root, 'boxes/cloud.yaml'), `box: cloud\nversion: 1.0.0\nbase: { lab: cloud }\n${agent}`)
  const paths = async (box: string) => layerOf(await renderNamed(box, project), 'base').files.map((file) => file.path)
  t.true((await paths('cloud')).includes('etc/cloud/one.cfg'))
  t.deepEqual(
    await paths('bare'),
    (await paths('cloud')).filter((path) => path !== 'etc/cloud/one.cfg'),
  )
})

test('two folders of a layer that bring the same file are refused', async (t) => {
  const project = copiedProject(t)
  for (const name of ['my_metric', 'source']) {
    const folder = join(project.tool, 'provision/50-checks', name, 'root/etc')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'same'), name)
  }
  const error = await t.throwsAsync(renderNamed('full', project), { instanceOf: BoxhoundError })
  t.is(error.message, 'two files for /etc/same')
})

test('a symbolic link in a tree is refused, leftovers of tools are not taken', async (t) => {
  const project = copiedProject(t)
  const folder = join(project.tool, 'provision/10-base/root/etc')
  mkdirSync(join(folder, '__pycache__'))
  writeFileSync(join(folder, '__pycache__/x.pyc'), '')
  t.false(layerOf(await renderNamed('bare', project), 'base').files.some(({ path }) => path.includes('pyc')))
  symlinkSync('/dev/null', join(folder, 'link'))
  const error = await t.throwsAsync(renderNamed('bare', project), { instanceOf: BoxhoundError })
  t.is(error.details.found, 'a symbolic link')
})
