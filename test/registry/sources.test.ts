import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Box } from '../../scripts/lib/box/box.ts'
import { makeWorkFolder } from '../../scripts/lib/cache/leftovers.ts'
import { pullMissing, repositoryArgument, sourcesOf } from '../../scripts/lib/registry/sources.ts'
import { emptyProject } from '../cache/_store.ts'
import { connect, fullStore, plan, push } from './_layers.ts'
import { fakeRegistry } from './_registry.ts'

const names = (given: Parameters<typeof sourcesOf>[0], environment: NodeJS.ProcessEnv): string[] =>
  sourcesOf(given, environment).repositories.map(({ host, path }) => `${host}/${path}`)

const cache = { from: ['ghcr.io/team/layers'], plainHttp: false }

test('a box file names registries, and the environment others in their place', (t) => {
  t.deepEqual(names({}, {}), [])
  t.deepEqual(names({ cache }, {}), ['ghcr.io/team/layers'])
  t.deepEqual(names({ cache }, { BOXHOUND_CACHE_FROM: 'a.example/x, b.example/y' }), ['a.example/x', 'b.example/y'])
  t.deepEqual(names({ cache }, { BOXHOUND_CACHE_FROM: '' }), [], 'none at all')
})

test('plain HTTP has to be wished for where the registries are named', (t) => {
  const local = { from: ['localhost:5000/x'], plainHttp: true }
  t.true(sourcesOf({ cache: local }, {}).plainHttp)
  t.false(sourcesOf({ cache: local }, { BOXHOUND_CACHE_FROM: 'a.example/x' }).plainHttp)
  t.true(sourcesOf({}, { BOXHOUND_CACHE_FROM: 'localhost:5000/x', BOXHOUND_CACHE_PLAIN_HTTP: '1' }).plainHttp)
})

test('a variable that cannot be read ends the run with 2, its value not repeated', (t) => {
  for (const environment of [
    { BOXHOUND_CACHE_FROM: 'a.example/x https://b.example/sesame' },
    { BOXHOUND_CACHE_FROM: 'robot:sesame@a.example/x' },
    { BOXHOUND_CACHE_PLAIN_HTTP: 'sesame' },
  ]) {
    const error = t.throws(() => sourcesOf({}, environment), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_CACHE_FROM')
    t.is(error.exitCode, 2)
    t.notRegex(JSON.stringify(error.details), /sesame/)
  }
})

test('a repository on the command line is checked before anything is asked', (t) => {
  t.deepEqual(repositoryArgument('localhost:5000/a/b'), { host: 'localhost:5000', path: 'a/b' })
  for (const text of [undefined, 'lab', 'https://a.example/x', 'robot:sesame@a.example/x', 'a.example/x:latest']) {
    const error = t.throws(() => repositoryArgument(text), { instanceOf: BoxhoundError })
    t.is(error.exitCode, 2)
    t.notRegex(JSON.stringify(error.details), /sesame/)
  }
})

test.serial('a bake pulls what it lacks and shows it, and a registry that is gone is one line', async (t) => {
  const fake = await fakeRegistry(t)
  const { project: from, layers } = await fullStore(t)
  await push(connect(t, fake), layers, from)
  const project = await emptyProject(t)
  const box = {
    file: join(project.tool, 'x.yaml'),
    cache: { from: ['127.0.0.1:1/gone', `${fake.host}/team/layers`], plainHttp: true },
  } as unknown as Box
  const [notes, ended]: [string[], string[]] = [[], []]
  const progress = {
    doing: () => {},
    ended: (layer: string, { kind }: { kind: string }) => ended.push(`${layer} ${kind}`),
  }
  const work = await makeWorkFolder('bake x', [], project)
  const options = { box, progress, note: (line: string) => notes.push(line) }
  const pulled = await pullMissing({ layers: plan, stored: [] }, options, work, project)
  t.deepEqual(
    pulled.map(({ id }) => id),
    layers.map(({ id }) => id),
  )
  t.deepEqual(ended, ['image pulled', 'base pulled', 'checks pulled', 'seal pulled'])
  t.is(notes.length, 2)
  t.regex(notes[0] ?? '', /^127\.0\.0\.1:1\/gone gives no layers: cannot connect/)
  t.regex(notes[1] ?? '', /^4 layers pulled from 127.*, 1\.2 MB$/)
  fake.log.length = 0
  t.deepEqual(await pullMissing({ layers: plan, stored: pulled }, options, work, project), [])
  t.deepEqual(fake.log, [], 'nothing missing, nothing asked')
})
