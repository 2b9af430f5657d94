import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { datadogRepository, loadBox } from '../../scripts/lib/box/load.ts'
import { bare, fixture, loadText, refused, temporaryFile, where } from './_files.ts'

const debian = { name: 'debian-13', id: 'debian', versionId: '13', python: '3.13' }

test('a box by its name comes from boxes/, with its choices resolved', async (t) => {
  const box = await loadBox('full', fixture)
  t.is(box.name, 'full')
  t.is(box.file, join(fixture.root, 'boxes/full.yaml'))
  t.deepEqual(box.base, { kind: 'lab', release: 'trixie', system: debian })
  t.deepEqual(box.image, { size: null, formats: ['qcow2'] })
  t.is(box.agent.repository.lab, 'lab/agent')
  t.is(box.agent.repository.url, 'http://apt.lab.invalid/')
  const engines = join(fixture.tool, 'provision/30-database')
  t.like(box.database, { engine: 'mariadb', tags: ['role:database'], logs: true, dbm: false, version: '' })
  t.deepEqual(box.database?.folders, [join(engines, '_mysql'), join(engines, 'mariadb')])
  t.deepEqual(box.database?.check, { name: 'mysql', file: join(engines, 'mariadb/check.yaml') })
  t.deepEqual(box.checks, [
    {
      name: 'my_metric',
      folder: join(fixture.tool, 'provision/50-checks/my_metric'),
      interval: 45,
      tags: ['team:web'],
      options: { min: 0, max: 10, label: 'plain', mode: 'fast', loud: false },
    },
    {
      name: 'source',
      folder: join(fixture.tool, 'provision/50-checks/source'),
      interval: 15,
      tags: [],
      options: { url: 'http://127.0.0.1/x' },
    },
  ])
  const { definition: app, ...given } = box.app ?? {}
  t.is(app?.unit, 'trial-app')
  t.deepEqual(given, {
    name: 'flask',
    folders: [join(fixture.tool, 'provision/40-app/flask')],
    trace: 'run',
    run: 'host',
    image: null,
    port: 5050,
    service: 'trial-app',
    env: 'trial',
    version: '1.0.0',
    traffic: {},
  })
})

test('a box that says the least gets every default', async (t) => {
  const box = await loadBox('bare', fixture)
  t.deepEqual(box.agent, {
    version: '7.83.0',
    site: 'datadoghq.com',
    tags: [],
    logs: true,
    repository: datadogRepository,
    config: {},
    secrets: null,
    groups: [],
    after: [],
    flavor: 'base',
    companions: {},
    run: 'package',
    image: null,
    subnet: '10.94.0.0/24',
  })
  t.is(box.database, null)
  t.is(box.app, null)
  t.deepEqual(box.checks, [])
  t.is(box.refreshDays, 7)
})

test('an unknown box names the nearest one and lists the others', async (t) => {
  const error = await t.throwsAsync(loadBox('fulll', fixture), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  t.regex(error.details.next ?? '', /"full".*bare, full/)
})

test('a box file that is not there is an error of the box file, not of the program', async (t) => {
  const error = await t.throwsAsync(loadBox('./nowhere.yaml', fixture), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
})

test('a name that differs from the file in boxes/ is refused', async (t) => {
  const file = temporaryFile(t, bare, 'unused.yaml')
  const project = { ...fixture, tool: dirname(file), root: dirname(file) }
  mkdirSync(join(project.root, 'boxes'))
  mkdirSync(join(project.root, 'provision'))
  cpSync(join(fixture.tool, 'provision/systems.yaml'), join(project.root, 'provision/systems.yaml'))
  writeFileSync(join(project.root, 'boxes/other.yaml'), bare)
  const error = await t.throwsAsync(loadBox('other', project), { instanceOf: BoxhoundError })
  t.regex(error.message, /named "x" and its file "other\.yaml"/)
})

test("a check of one's own beside the box file is found", async (t) => {
  const file = temporaryFile(t, `${bare}checks: { mine: }\n`)
  const folder = join(dirname(file), 'checks/mine')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'check.yaml'), 'title: Mine\nexpect: {}\n')
  const { checks } = await loadBox(file, fixture)
  t.deepEqual(checks, [{ name: 'mine', folder, interval: 15, tags: [], options: {} }])
})

test("a check of one's own replaces one of the project with the same name", async (t) => {
  const file = temporaryFile(t, `${bare}checks: { my_metric: }\n`)
  const folder = join(dirname(file), 'checks/my_metric')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'check.yaml'), 'title: Mine\nexpect: {}\n')
  t.is((await loadBox(file, fixture)).checks[0]?.folder, folder)
})

test('fault 12: an unknown check, engine and app name the nearest one, all at once', async (t) => {
  const error = await refused(
    t,
    `${bare}database: { engine: mariadbb }\nchecks: { my_metrics: {} }\napp: { name: flsk, port: 80, service: a, env: b, version: c }\n`,
  )
  t.regex(error.message, /3 problems/)
  for (const name of ['mariadb', 'my_metric', 'flask']) t.regex(error.message, new RegExp(`did you mean "${name}"\\?`))
})

test('shares of routes are for routes that the app has', async (t) => {
  const app = (traffic: string) => `${bare}app: { port: 5050, service: a, env: b, version: c, traffic: ${traffic} }\n`
  const { app: given } = await loadText(t, app('{ /: 70.5 }'))
  t.deepEqual(given?.traffic, { '/': 70.5 })
  const unknown = await refused(t, app('{ /: 1, /a: 2 }'))
  t.is(unknown.message, 'the app has no route "/a"')
  t.is(unknown.details.next, 'did you mean "/"?')
  t.is(where(unknown), '5:69')
  for (const wrong of ['{ /: 0 }', '{ /: -1 }', '{}', '{ api: 1 }', '{ /: "70" }', '[/]']) await refused(t, app(wrong))
})

test('fault 32: an image without a literal digest is refused', async (t) => {
  const error = await refused(t, bare.replace('{ lab: trixie }', '{ image: "https://example.com/x.img" }'))
  t.is(error.message, 'base.sha256 is missing')
  t.is(where(error), '3:7')
})

test('an image with its digest is taken, and lab beside it is refused', async (t) => {
  const image = `image: "https://example.com/x.img", sha256: ${'0a'.repeat(32)}`
  const { base, image: disk } = await loadText(t, bare.replace('{ lab: trixie }', `{ ${image}, system: debian-13 }`))
  t.deepEqual(base, { kind: 'image', image: 'https://example.com/x.img', sha256: '0a'.repeat(32), system: debian })
  t.is(disk.size, 10 * 2 ** 30)
  const error = await refused(t, bare.replace('{ lab: trixie }', `{ lab: trixie, ${image} }`))
  t.is(error.details.expected, 'only one of lab and image')
  const unnamed = await refused(t, bare.replace('{ lab: trixie }', `{ ${image} }`))
  t.is(unnamed.message, 'base.system is missing')
  const unknown = await refused(t, bare.replace('{ lab: trixie }', `{ ${image}, system: ubuntu-24.0 }`))
  t.is(unknown.message, 'no system named "ubuntu-24.0"')
  t.is(unknown.details.next, 'did you mean "ubuntu-24.04"?')
})

test('an image may be a path, taken from the box file’s folder, and never one with a password', async (t) => {
  const at = (image: string) =>
    bare.replace('{ lab: trixie }', `{ image: "${image}", sha256: ${'0a'.repeat(32)}, system: debian-13 }`)
  const { base, file } = await loadText(t, at('images/x.img'))
  t.is(base.kind === 'image' ? base.image : '', join(dirname(file), 'images/x.img'))
  for (const wrong of ['https://user:hunter2@example.com/x.img', 'ftp://example.com/x.img', '-x.img'])
    t.is((await refused(t, at(wrong))).message, 'base.image is not valid')
})

test('the lab’s cloud image is a base of its own', async (t) => {
  const { base } = await loadText(t, bare.replace('{ lab: trixie }', '{ lab: cloud }'))
  t.deepEqual(base, { kind: 'lab-image', release: 'cloud', system: debian })
})

test('size and formats of the published disk', async (t) => {
  const { image } = await loadText(t, `${bare}image: { size: 12G, formats: [vmdk, qcow2, raw] }\n`)
  t.deepEqual(image, { size: 12 * 2 ** 30, formats: ['qcow2', 'vmdk', 'raw'] })
  for (const wrong of [
    'size: 12',
    'size: 0G',
    'formats: [vmdk]',
    'formats: [qcow2, qcow2]',
    'formats: [iso]',
    'disk: 1G',
  ])
    await refused(t, `${bare}image: { ${wrong} }\n`)
})

test('a lab version needs the lab repository, and the lab repository a lab version', async (t) => {
  const lab = await refused(t, bare.replace('7.83.0', '7.83.0+lab'))
  t.is(lab.message, 'agent.version is not valid')
  const real = await refused(t, bare.replace('7.83.0', '7.83.0, repository: lab'))
  t.is(real.message, 'agent.version is not valid')
})

test('a repository of ones own is taken with defaults, and a password in its address neither taken nor repeated', async (t) => {
  const key = 'A'.repeat(40)
  const with_ = (url: string) =>
    bare.replace(
      '7.83.0 }',
      `7.83.0, repository: { url: "${url}", keys: [${key}], keyUrls: ["https://mirror.example.com/key.public"] } }`,
    )
  const { agent } = await loadText(t, with_('https://mirror.example.com/dd/'))
  t.deepEqual(agent.repository, {
    lab: false,
    url: 'https://mirror.example.com/dd/',
    suite: 'stable',
    components: ['7'],
    keys: [key],
    keyUrls: ['https://mirror.example.com/key.public'],
  })
  const error = await refused(t, with_('https://user:hunter2@mirror.example.com/'))
  t.false(JSON.stringify([error.message, error.details]).includes('hunter2'))
})

test('mirrors are handed on', async (t) => {
  const { mirrors } = await loadText(t, `${bare}mirrors: { apt: "http://127.0.0.1:3142/debian", keep: false }\n`)
  t.deepEqual(mirrors, { apt: 'http://127.0.0.1:3142/debian', keep: false })
  const error = await refused(t, `${bare}mirrors: { keep: 1 }\n`)
  t.is(error.message, 'mirrors.keep is not valid')
})

test('database logs without logs in the Agent are refused', async (t) => {
  const error = await refused(
    t,
    bare.replace('7.83.0 }', '7.83.0, logs: false }').concat('database: { engine: mysql, logs: true }\n'),
  )
  t.is(error.message, 'database.logs is not valid')
  const { database } = await loadText(
    t,
    bare.replace('7.83.0 }', '7.83.0, logs: false }').concat('database: { engine: mysql }\n'),
  )
  t.is(database?.logs, false)
})

test("a port that the box uses itself is refused, such as the trace receiver's", async (t) => {
  const error = await refused(t, `${bare}app: { port: 8126, service: a, env: b, version: c }\n`)
  t.is(where(error), '5:14')
})

for (const [what, file] of [
  ['Debian and MariaDB', 'lab'],
  ['real MySQL', 'lab-mysql'],
  ['Ubuntu', 'ubuntu'],
] as const)
  test(`the box file of the project with ${what} loads`, async (t) => {
    const root = join(fixture.tool, '../../..')
    const box = await loadBox(join(root, 'boxes', `${file}.yaml`), { ...fixture, tool: root, root })
    t.is(box.name, file)
    t.true(box.checks.some(({ name, interval }) => name === 'my_metric' && interval === 45))
    t.deepEqual(box.agent.tags, ['env:trial', 'role:database', 'region:local'])
  })
