import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { startLabServer } from '../../scripts/lib/bake/lab-server.ts'
import type { BakeNetwork } from '../../scripts/lib/bake/mirrors.ts'
import { type Origins, reach, stageRepositories } from '../../scripts/lib/bake/repositories.ts'
import type { Mirrors } from '../../scripts/lib/box/box.ts'
import type { LayerRepository } from '../../scripts/lib/render/rendered-box.ts'
import { emptyProject } from '../cache/_store.ts'
import { makeKeys } from '../fetch/_keys.ts'
import { serve } from '../fetch/_server.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const real: LayerRepository = {
  lab: false,
  url: 'https://apt.example.invalid',
  suite: 'stable',
  components: ['7', 'extra'],
  keys: ['A'.repeat(40)],
  keyUrls: ['https://keys.example.invalid/DATADOG_APT_KEY_CURRENT.public'],
  keyring: '/usr/share/keyrings/one.gpg',
  mirror: 'agent',
}
const lab: LayerRepository = { ...real, lab: 'lab/agent', url: 'http://apt.lab.invalid/', keys: [] }

const networkOf = (mirrors: Mirrors): BakeNetwork => ({
  mirrors,
  network: {},
  apt: undefined,
  logins: new Map(),
  authorities: [],
  redact: (text) => text,
})

/** No lab is made and nothing is served, unless a test says so. */
const origins = (mirrors: Mirrors, more: Partial<Origins> = {}): Origins => ({
  scratch: '/nowhere',
  network: networkOf(mirrors),
  lab: () => Promise.reject(new Error('no lab')),
  serve: () => {
    throw new Error('nothing is served')
  },
  note: () => {},
  ...more,
})

/** A folder as lab/repository/build.sh makes it, but for its packages. */
const labFolder = async (t: ExecutionContext) => {
  const keys = await makeKeys(t)
  const fingerprint = keys.make('lab')
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'keys'))
  for (const id of ['CURRENT', fingerprint.slice(-8)])
    await writeFile(join(folder, `keys/DATADOG_APT_KEY_${id}.public`), keys.gpg(['--armor', '--export', fingerprint]))
  await writeFile(join(folder, 'fingerprints'), `${fingerprint}\n`)
  return { folder, fingerprint, exported: keys.gpg(['--export', fingerprint]) }
}

test('packages and keys come from the mirrors of the box file, else from the repository itself', async (t) => {
  t.deepEqual(await reach(real, origins({})), {
    address: 'https://apt.example.invalid/',
    keyUrls: real.keyUrls,
    keys: real.keys,
  })
  const mirrors = { agent: 'https://mirror.example/dd', keys: 'https://mirror.example/keys' }
  t.deepEqual(await reach(real, origins(mirrors)), {
    address: 'https://mirror.example/dd/',
    keyUrls: ['https://mirror.example/keys/DATADOG_APT_KEY_CURRENT.public'],
    keys: real.keys,
  })
})

test('a mirror is that of the Agent or of the database, and one of neither is reached where it is', async (t) => {
  const mirrors = {
    agent: 'https://mirror.example/dd',
    database: 'https://mirror.example/db',
    keys: 'https://m.example/k',
  }
  const of = async (mirror: LayerRepository['mirror']) => {
    const { mirror: _, ...own } = real
    return reach({ ...own, ...(mirror === undefined ? {} : { mirror }) }, origins(mirrors))
  }
  t.is((await of('agent')).address, 'https://mirror.example/dd/')
  t.like(await of('database'), {
    address: 'https://mirror.example/db/',
    keyUrls: ['https://m.example/k/DATADOG_APT_KEY_CURRENT.public'],
  })
  t.like(await of(undefined), { address: 'https://apt.example.invalid/', keyUrls: real.keyUrls })
})

test('each set of the lab’s packages is made and served by itself', async (t) => {
  const { folder } = await labFolder(t)
  const made: string[] = []
  const own = {
    lab: async (set: string) => {
      made.push(set)
      return folder
    },
    serve: (name: string) => `http://127.0.0.1:1/${name}/`,
  }
  const { address } = await reach({ ...lab, lab: 'lab/depot', mirror: 'database' }, origins({}, own))
  t.deepEqual([address, made], ['http://127.0.0.1:1/depot/apt/', ['lab/depot']])
})

test('the lab is one more mirror: its server where the box file names none, its fingerprint from where it was made', async (t) => {
  const { folder, fingerprint } = await labFolder(t)
  const served: string[] = []
  const own = {
    lab: async () => folder,
    serve: (name: string, path: string) => {
      served.push(`${name} ${path}`)
      return 'http://127.0.0.1:1/agent/'
    },
  }
  const names = ['CURRENT', fingerprint.slice(-8)].map((id) => `DATADOG_APT_KEY_${id}.public`)
  t.deepEqual(await reach(lab, origins({}, own)), {
    address: 'http://127.0.0.1:1/agent/apt/',
    keyUrls: names.map((name) => `http://127.0.0.1:1/agent/keys/${name}`),
    keys: [fingerprint],
  })
  t.deepEqual(served, [`agent ${folder}`])
  const reached = await reach(
    lab,
    origins({ agent: 'https://mirror.example/dd/', keys: 'https://mirror.example/k' }, own),
  )
  t.is(reached.address, 'https://mirror.example/dd/')
  t.deepEqual(
    reached.keyUrls,
    names.map((name) => `https://mirror.example/k/${name}`),
  )
})

test.serial(
  'a layer is given its sources and the keyring, for the bake and at its place in the image, whatever the umask',
  async (t) => {
    const before = process.umask(0o077)
    t.teardown(() => process.umask(before))
    const { folder, fingerprint, exported } = await labFolder(t)
    const server = await startLabServer()
    t.teardown(server.close)
    const [project, staged] = [await emptyProject(t), await temporaryFolder(t)]
    const notes: string[] = []
    const own = { lab: async () => folder, serve: server.serve, note: (line: string) => void notes.push(line) }
    await stageRepositories([lab], staged, origins({}, { ...own, scratch: join(project.cache, 'work') }), project)
    const [row = '', ...rest] = (await readFile(join(staged, 'repositories.tsv'), 'utf8')).split('\n')
    t.deepEqual(rest, [''])
    t.deepEqual(row.replace(/:\d+/, ':PORT').split('\t'), [
      'repository-0',
      'http://127.0.0.1:PORT/agent/apt/',
      'stable',
      '7 extra',
      'keyrings/repository-0.gpg',
      'http://apt.lab.invalid/',
      fingerprint,
    ])
    for (const path of ['keyrings/repository-0.gpg', 'root/usr/share/keyrings/one.gpg']) {
      t.deepEqual(await readFile(join(staged, path)), exported, path)
      t.is((await stat(join(staged, path))).mode & 0o7777, 0o644, path)
    }
    t.is((await readdir(join(project.cache, 'keyrings'))).length, 1)
    t.deepEqual(notes, [])
  },
)

test('keys that cannot be fetched are told with their repository and with where a mirror of them is named', async (t) => {
  const { url } = await serve(t, (_, response) => response.writeHead(403).end())
  const [staged, project] = [await temporaryFolder(t), await emptyProject(t)]
  const error = await t.throwsAsync(stageRepositories([real], staged, origins({ keys: url }), project), {
    instanceOf: BoxhoundError,
  })
  t.regex(error.message, /^cannot fetch the keys of the repository https:\/\/apt\.example\.invalid: /)
  t.is(error.details.found, 'status 403')
  t.regex(error.details.next ?? '', /; to use a mirror, set mirrors\.keys in the box file$/)
  t.deepEqual(await readdir(staged), [])
})

test('what was left out is told with the repository that it belongs to', async (t) => {
  const { folder } = await labFolder(t)
  await writeFile(
    join(folder, 'fingerprints'),
    `${(await readFile(join(folder, 'fingerprints'), 'utf8')).trim()}\n${'B'.repeat(40)}\n`,
  )
  const server = await startLabServer()
  t.teardown(server.close)
  const notes: string[] = []
  const own = { lab: async () => folder, serve: server.serve, note: (line: string) => void notes.push(line) }
  const scratch = await temporaryFolder(t)
  await stageRepositories([lab], await temporaryFolder(t), origins({}, { ...own, scratch }), await emptyProject(t))
  t.deepEqual(
    notes.map((line) => line.replace(/127\.0\.0\.1:\d+/, 'HOST')),
    [
      'repository http://apt.lab.invalid/: no key at http://HOST/agent/keys/DATADOG_APT_KEY_BBBBBBBB.public any more',
      `repository http://apt.lab.invalid/: the listed key ${'B'.repeat(40)} was not found at any address: omitted from the keyring`,
    ],
  )
})
