import { fileURLToPath } from 'node:url'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { isLoopback, parseRepository } from '../../scripts/lib/box/repository.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { bare, loadText, refused, temporaryFile, where } from './_files.ts'

test('a box names the registries that its layers are pulled from', async (t) => {
  t.is((await loadText(t, bare)).cache, undefined)
  const { cache } = await loadText(t, `${bare}cache: { from: [ghcr.io/team/layers, "localhost:5000/x"] }\n`)
  t.deepEqual(cache, { from: ['ghcr.io/team/layers', 'localhost:5000/x'], plainHttp: false })
  const local = await loadText(t, `${bare}cache: { from: ["127.0.0.1:5000/x"], plainHttp: true }\n`)
  t.true(local.cache?.plainHttp)
})

const bad: readonly (readonly [what: string, cache: string, expected: RegExp])[] = [
  ['a word for the list', '{ from: ghcr.io/team/layers }', /a list of repositories/],
  ['a number', '{ from: [5000] }', /REGISTRY\/REPO/],
  ['an empty list', '{ from: [] }', /at least one/],
  ['nothing', '{}', /a list of repositories/],
  ['one twice', '{ from: [a.example/x, a.example/x] }', /each repository once/],
  ['a scheme', '{ from: ["https://ghcr.io/team/layers"] }', /without https/],
  ['a tag', '{ from: ["ghcr.io/team/layers:latest"] }', /without a tag/],
  ['a digest', `{ from: ["ghcr.io/x@sha256:${'0'.repeat(64)}"] }`, /without a digest/],
  ['no registry', '{ from: [team/layers] }', /REGISTRY\/REPO/],
  ['no repository', '{ from: [ghcr.io] }', /REGISTRY\/REPO/],
  ['capitals', '{ from: [ghcr.io/Team/layers] }', /lower case/],
  ['a way out of the repository', '{ from: ["ghcr.io/../x"] }', /lower case/],
  ['an unknown key', '{ from: [a.example/x], form: 1 }', /one of from, plainHttp/],
  ['plain HTTP over a network', '{ from: [ghcr.io/x], plainHttp: true }', /loopback/],
]

for (const [what, cache, expected] of bad)
  test(`a cache with ${what} is refused`, async (t) => {
    const error = await refused(t, `${bare}cache: ${cache}\n`)
    t.regex(error.details.expected ?? '', expected)
    t.regex(where(error), /^5:/)
  })

test('a cache with user and password is refused, and they are not repeated', async (t) => {
  for (const name of [
    'robot:sesame@a.example/x',
    'https://robot:sesame@a.example/x',
    'robot:sesame@a.example:5000/x',
  ]) {
    const error = await refused(t, `${bare}cache: { from: ["${name}"] }\n`)
    t.notRegex(`${error.message} ${JSON.stringify({ ...error.details, cause: '' })}`, /sesame/)
  }
})

test('names are told from addresses', (t) => {
  t.deepEqual(parseRepository('LOCALHOST/a'), { host: 'localhost', path: 'a' })
  t.deepEqual(parseRepository('[::1]:5000/a/b-c__d.e'), { host: '[::1]:5000', path: 'a/b-c__d.e' })
  t.is(typeof parseRepository('a.example/x y'), 'string')
  t.is(typeof parseRepository('a.example/x?y'), 'string')
  t.deepEqual(
    ['localhost', 'localhost:1', '127.9.9.9:5000', '[::1]:5000', '128.0.0.1', 'localhost.example'].map(isLoopback),
    [true, true, true, true, false, false],
  )
})

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)), {})

test('where layers come from is no part of their ids, nor of anything rendered', async (t) => {
  const planOf = async (text: string) => {
    const rendered = await renderBox(await loadBox(temporaryFile(t, text), project), project)
    const { layers } = await planBox(rendered, { now: 0 }, project)
    return { ids: layers.map(({ id }) => id), expectations: rendered.expectations }
  }
  t.deepEqual(await planOf(`${bare}cache: { from: [ghcr.io/team/layers] }\n`), await planOf(bare))
})
