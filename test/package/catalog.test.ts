import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { type Catalog, catalogOf, webFolder, writeCatalogs } from '../../scripts/lib/package/catalog.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { has } from '../render/_render.ts'
import { record } from './_records.ts'

const folder = 'https://boxes.example/lab/'

test('versions stand oldest first as Vagrant orders them, each once with all its providers by name', (t) => {
  const records = [
    record('1.10.0', 'virtualbox'),
    record('1.9.0', 'libvirt'),
    record('1.10.0', 'libvirt'),
    record('1.10.0-rc1', 'libvirt'),
  ]
  const { name, versions } = catalogOf('lab', records, folder)
  t.is(name, 'boxhound/lab')
  t.deepEqual(
    versions.map(({ version, providers }) => [version, providers.map((one) => one.name)]),
    [
      ['1.9.0', ['libvirt']],
      ['1.10.0-rc1', ['libvirt']],
      ['1.10.0', ['libvirt', 'virtualbox']],
    ],
  )
  t.deepEqual(catalogOf('lab', records.toReversed(), folder), catalogOf('lab', records, folder))
})

test('each box has its own address and its bare SHA-256, without a prefix', (t) => {
  const records = [record('1.0.0', 'libvirt', { sha256: 'c'.repeat(64) }), record('1.0.0', 'virtualbox')]
  const [one] = catalogOf('lab', records, folder).versions
  t.deepEqual(one?.providers[0], {
    name: 'libvirt',
    url: 'https://boxes.example/lab/lab-1.0.0-libvirt.box',
    checksum_type: 'sha256',
    checksum: 'c'.repeat(64),
  })
  t.is(one?.providers[1]?.url, 'https://boxes.example/lab/lab-1.0.0-virtualbox.box')
  t.regex(one?.providers[1]?.checksum ?? '', /^[0-9a-f]{64}$/)
})

test('no box, no version: the catalogue is one all the same', (t) => {
  t.deepEqual(catalogOf('lab', [], folder).versions, [])
})

test('addresses of files lead to them, whatever signs the folder’s name has', async (t) => {
  const root = join(await temporaryFolder(t), 'ein Ordner, größer & 50% #1? 箱')
  const project = { tool: root, root, out: join(root, 'out'), cache: join(root, 'cache') }
  const path = join(project.out, 'lab', 'lab-1.0.0-libvirt.box')
  await mkdir(join(project.out, 'lab'), { recursive: true })
  await writeFile(path, 'box')
  t.deepEqual(await writeCatalogs('lab', [record('1.0.0', 'libvirt')], undefined, project), [
    join(project.out, 'lab', 'catalog.json'),
  ])
  const catalog: Catalog = JSON.parse(await readFile(join(project.out, 'lab', 'catalog.json'), 'utf8'))
  const url = catalog.versions[0]?.providers[0]?.url ?? ''
  t.regex(url, /^file:\/\/\/[\w./%&,-]+$/)
  t.is(fileURLToPath(url), path)
  // What Vagrant downloads with, files as well.
  if (has('curl')) t.is(spawnSync('curl', ['--silent', '--fail', url], { encoding: 'utf8' }).stdout, 'box')
})

test('the catalogue for a web server has its addresses, and none of this machine', async (t) => {
  const root = await temporaryFolder(t)
  const project = { tool: root, root, out: join(root, 'out'), cache: join(root, 'cache') }
  const records = [record('1.0.0', 'libvirt'), record('1.1.0', 'libvirt')]
  const [local = '', web = ''] = await writeCatalogs('lab', records, webFolder('https://boxes.example/a%20b'), project)
  t.is(web, join(project.out, 'lab', 'web', 'catalog.json'))
  const text = await readFile(web, 'utf8')
  t.false(text.includes(root))
  const there: Catalog = JSON.parse(await readFile(local, 'utf8'))
  const here: Catalog = JSON.parse(text)
  t.deepEqual(
    here.versions.map(({ providers }) => providers[0]?.url),
    ['1.0.0', '1.1.0'].map((version) => `https://boxes.example/a%20b/lab-${version}-libvirt.box`),
  )
  t.deepEqual(
    here.versions.map(({ providers }) => providers[0]?.checksum),
    there.versions.map(({ providers }) => providers[0]?.checksum),
  )
  t.deepEqual(await readdir(join(project.out, 'lab')), ['catalog.json', 'web'], 'nothing half-written')
})

for (const [given, taken] of [
  ['https://boxes.example/lab/', 'https://boxes.example/lab/'],
  ['https://boxes.example/lab', 'https://boxes.example/lab/'],
  ['http://boxes.example', 'http://boxes.example/'],
  ['http://[::1]:8080/größe', 'http://[::1]:8080/gr%C3%B6%C3%9Fe/'],
] as const)
  test(`--url ${given} is the folder ${taken}`, (t) => {
    t.is(webFolder(given), taken)
  })

for (const given of [
  'boxes.example/lab',
  '/srv/boxes',
  'file:///srv/boxes/',
  'ftp://boxes.example/',
  'https://boxes.example/lab/?token=1',
  'https://boxes.example/lab?',
  'https://boxes.example/lab/#newest',
  'https://boxes.example/lab#',
  '',
])
  test(`--url "${given}" is refused as no folder on a web server`, (t) => {
    const error = t.throws(() => webFolder(given), { instanceOf: BoxhoundError, code: 'E_USAGE' })
    t.is(error.exitCode, 2)
    t.is(error.details.found, given)
    t.truthy(error.details.expected)
  })

for (const given of [
  'https://somebody:word@boxes.example/lab/',
  'https://word@boxes.example/lab/',
  'https://:word@boxes.example/lab/',
  'https://somebody:word@boxes.example/lab/?a=b',
  'ftp://somebody:word@boxes.example/',
])
  test(`--url ${given} is refused for its login, which no message repeats`, (t) => {
    const error = t.throws(() => webFolder(given), { instanceOf: BoxhoundError, message: /login/ })
    t.is(error.exitCode, 2)
    t.false(formatError(error).includes('word@'))
  })
