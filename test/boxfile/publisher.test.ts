import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { copiedProject, layerOf, textOf } from '../render/_project.ts'

const fingerprint = 'AB'.repeat(20)

const engine = `title: Depot
unit: depot@{version}
port: 7000
repository:
  versions: '2\\.\\d+'
  systems:
    ubuntu-24.04: { url: "https://depot.example/ubuntu", suite: noble/2, components: [more] }
    debian-12: { url: "https://depot.example/debian", suite: bookworm/2, components: [main, extra] }
  keys: [${fingerprint}]
  keyUrls: ["https://depot.example/key.asc"]
  keyring: /usr/share/keyrings/depot.gpg
  lab: lab/depot
options:
  mirrored: { type: boolean, default: false }
  shards: { type: integer, default: 1, minimum: 1, maximum: 9 }
client: { programs: [depot], mark: "m {mark}", statement: "{statement}", error: '(\\d+): (.*)' }
login: who
rights: { statement: rights, exactly: [read] }
trials: {}
`

/** The fixture with an engine that comes from its publisher, as changed by a test. */
const published = (t: ExecutionContext, edit: (text: string) => string = (text) => text): Project => {
  const project = copiedProject(t)
  const engines = join(project.tool, 'provision/30-database')
  const folder = join(engines, 'depot')
  mkdirSync(folder)
  writeFileSync(join(folder, 'database.yaml'), edit(engine))
  writeFileSync(join(folder, 'check.yaml'), 'title: Depot\nexpect: {}\n')
  const layer = ['packages: [{{concat "depot=" database.version}}]', 'hold: [depot]', '']
  writeFileSync(join(folder, 'layer.yaml.hbs'), layer.join('\n'))
  mkdirSync(join(folder, 'data'))
  writeFileSync(
    join(folder, 'data/chosen.yaml.hbs'),
    'mirrored: {{database.options.mirrored}}\nshards: {{database.options.shards}}\nlab: {{database.lab}}\n',
  )
  cpSync('provision/30-database/_repository', join(engines, '_repository'), { recursive: true })
  for (const name of ['depot', 'repository']) mkdirSync(join(project.tool, 'lab', name), { recursive: true })
  return project
}

const image = `{ image: "https://a.example/x.img", sha256: ${'0a'.repeat(32)}, system: ubuntu-24.04 }`

const load = (project: Project, database: string, base = image, more = '') => {
  const file = join(project.root, 'boxes/depot.yaml')
  writeFileSync(
    file,
    `box: depot\nversion: 1.0.0\nbase: ${base}\nagent: { version: 7.83.0 }\ndatabase: { ${database} }\n${more}`,
  )
  return loadBox('depot', project)
}

const refused = async (
  t: ExecutionContext,
  database: string,
  { base = image, edit }: { base?: string; edit?: (text: string) => string } = {},
): Promise<BoxhoundError> => {
  const error = await t.throwsAsync(load(published(t, edit), database, base), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  for (const key of ['expected', 'found', 'next'] as const) t.truthy(error.details[key], key)
  return error
}

test('a version of the publisher is installed from its repository, which the image keeps', async (t) => {
  const project = published(t)
  const rendered = await renderBox(await load(project, 'engine: depot, version: "2.5"'), project)
  const layer = layerOf(rendered, 'database')
  t.deepEqual(layer.folders, ['provision/30-database/_repository', 'provision/30-database/depot'])
  t.deepEqual(layer.spec.packages, ['depot=2.5'])
  t.deepEqual(layer.spec.repositories, [
    {
      mirror: 'database',
      lab: false,
      url: 'https://depot.example/ubuntu',
      suite: 'noble/2',
      components: ['more'],
      keys: [fingerprint],
      keyUrls: ['https://depot.example/key.asc'],
      keyring: '/usr/share/keyrings/depot.gpg',
    },
  ])
  t.deepEqual(layer.spec.inputs, [])
  const source = 'https://depot.example/ubuntu noble/2 more'
  t.is(
    textOf(layer, 'etc/apt/sources.list.d/database.list').trimEnd().split('\n').at(-1),
    `deb [signed-by=/usr/share/keyrings/depot.gpg] ${source}`,
  )
  t.like(rendered.expectations.database, { unit: 'depot@2.5', source, keyring: '/usr/share/keyrings/depot.gpg' })
})

test('a version of the lab is one on every system, from the lab’s repository of these packages', async (t) => {
  for (const base of [image, '{ lab: trixie }']) {
    const project = published(t)
    const box = await load(project, 'engine: depot, version: 2.0+lab', base)
    const { spec, data } = layerOf(await renderBox(box, project), 'database')
    t.deepEqual(spec.packages, ['depot=2.0+lab'])
    t.like(spec.repositories[0], { lab: 'lab/depot', url: 'http://apt.lab.invalid/depot/', keys: [] })
    // What the packages are built from belongs to the layer's id.
    t.deepEqual(spec.inputs, ['lab/depot', 'lab/repository'])
    t.regex(data[0]?.content.toString('utf8') ?? '', /^lab: true$/m)
  }
})

test('an engine of the distribution has no repository and takes no version', async (t) => {
  const project = published(t)
  const rendered = await renderBox(await load(project, 'engine: mysql'), project)
  t.deepEqual(layerOf(rendered, 'database').spec.repositories, [])
  t.false('source' in (rendered.expectations.database ?? {}))
  const error = await refused(t, 'engine: mysql, version: "9.7"')
  t.regex(error.message, /^MySQL comes from the distribution/)
  t.deepEqual([error.details.line, error.details.found], [5, '"9.7" (string)'])
  t.is(error.details.next, 'remove database.version')
})

test('a version that is missing, not offered, not the lab’s or no text is refused with what there is', async (t) => {
  const missing = await refused(t, 'engine: depot')
  t.is(missing.message, 'database.version is missing')
  t.regex(missing.details.expected ?? '', /2\\\.\\d\+, or the lab’s, which ends in \+lab$/)
  const other = await refused(t, 'engine: depot, version: 3.1.0')
  t.is(other.message, 'the repository of Depot has no version 3.1.0')
  // No part of it is enough.
  await refused(t, 'engine: depot, version: 12.2.1')
  const strange = await refused(t, 'engine: depot, version: 3.1+lab')
  t.is(strange.message, 'the repository of Depot has no version 3.1+lab')
  const without = { edit: (text: string) => text.replace('  lab: lab/depot\n', '') }
  const lab = await refused(t, 'engine: depot, version: 2.0+lab', without)
  t.is(lab.message, 'the lab has no Depot')
  t.notRegex((await refused(t, 'engine: depot', without)).details.expected ?? '', /lab/)
  const number = await refused(t, 'engine: depot, version: 2.5')
  t.is(number.details.next, 'quote it: "2.5"')
})

test('a system that the publisher does not support is refused with those that it does, as far as boxhound has them', async (t) => {
  const error = await refused(t, 'engine: depot, version: "2.5"', { base: '{ lab: trixie }' })
  t.is(error.message, 'Depot’s publisher has no packages for debian-13')
  t.is(error.details.expected, 'a base with one of ubuntu-24.04, or a database.version that ends in +lab')
  t.deepEqual([error.details.line, error.details.found], [5, 'debian-13'])
})

test('a version by system beside a repository is refused in the engine’s own file', async (t) => {
  const edit = (text: string) => `${text}versions: { debian-13: "2" }\n`
  const error = await refused(t, 'engine: depot, version: "2.5"', { edit })
  t.is(error.details.file, 'provision/30-database/depot/database.yaml')
  t.is(error.details.expected, 'only one of versions and repository')
})

test('options of an engine are typed, have defaults and are what templates see', async (t) => {
  const project = published(t)
  const chosen = async (options: string): Promise<string> => {
    const box = await load(project, `engine: depot, version: "2.5"${options}`)
    const { data } = layerOf(await renderBox(box, project), 'database')
    return data[0]?.content.toString('utf8').replace(/^#.*\n/, '') ?? ''
  }
  t.is(await chosen(''), 'mirrored: false\nshards: 1\nlab: false\n')
  t.is(await chosen(', options: { mirrored: true, shards: 3 }'), 'mirrored: true\nshards: 3\nlab: false\n')
  const unknown = await refused(t, 'engine: depot, version: "2.5", options: { mirrord: true }')
  t.deepEqual(
    [unknown.message, unknown.details.next],
    ['unknown key "mirrord" in database.options', 'did you mean "mirrored"?'],
  )
  const wrong = await refused(t, 'engine: depot, version: "2.5", options: { shards: 10 }')
  t.is(wrong.message, 'database.options.shards is not valid')
  t.is((await refused(t, 'engine: mysql, options: { shards: 1 }')).details.expected, 'no keys here')
})

test('fault 65: an option’s default out of its own bounds is refused with its line', async (t) => {
  const edit = (text: string) => text.replace('default: 1', 'default: 12')
  const error = await refused(t, 'engine: depot, version: "2.5"', { edit })
  t.is(error.details.line, 15)
  t.regex(error.details.expected ?? '', /no higher than its own maximum, 9/)
})

test('a mirror of the publisher’s repository stays in the image where mirrors do', async (t) => {
  const project = published(t)
  cpSync('provision/90-seal/mirrors', join(project.tool, 'provision/90-seal/mirrors'), { recursive: true })
  const mirrors = (keep: boolean) => `mirrors: { database: "https://mirror.example/depot", keep: ${keep} }\n`
  const of = async (keep: boolean) =>
    renderBox(await load(project, 'engine: depot, version: "2.5"', image, mirrors(keep)), project)
  const kept = await of(true)
  t.is(kept.expectations.database?.source, 'https://mirror.example/depot noble/2 more')
  t.deepEqual(kept.expectations.kept?.hosts, ['mirror.example'])
  const { data, scripts } = layerOf(kept, 'seal')
  const list = data.find(({ path }) => path === 'etc/apt/sources.list.d/database.list')?.content.toString('utf8')
  t.is(
    list?.trimEnd().split('\n').at(-1),
    'deb [signed-by=/usr/share/keyrings/depot.gpg] https://mirror.example/depot noble/2 more',
  )
  t.regex(scripts.at(-1)?.content.toString('utf8') ?? '', /^ {2}keep_database$/m)
  t.is((await of(false)).expectations.database?.source, 'https://depot.example/ubuntu noble/2 more')
})
