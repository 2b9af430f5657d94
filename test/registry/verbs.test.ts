import test from 'ava'
import { main } from '../../scripts/cache.ts'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { listRecords } from '../../scripts/lib/cache/store.ts'
import type { Plan } from '../../scripts/lib/plan/planned-layer.ts'
import { parentsFirst, pullVerb, pushVerb } from '../../scripts/lib/registry/verbs.ts'
import { emptyProject, storeChain, storeLayer } from '../cache/_store.ts'
import { fullStore, plan } from './_layers.ts'
import { fakeRegistry } from './_registry.ts'

const usage: readonly (readonly [what: string, argv: string[], code: string])[] = [
  ['push without a repository', ['push'], 'E_USAGE'],
  ['push to an address', ['push', 'https://ghcr.io/team/layers'], 'E_USAGE'],
  ['push over a network by plain HTTP', ['push', 'ghcr.io/team/layers', '--plain-http'], 'E_PLAIN_HTTP'],
  ['pull over a network by plain HTTP', ['pull', 'ghcr.io/team/layers', '--plain-http'], 'E_PLAIN_HTTP'],
  ['push of a box and of all', ['push', 'ghcr.io/team/layers', 'lab', '--all'], 'E_USAGE'],
  ['pull of all', ['pull', 'ghcr.io/team/layers', '--all'], 'E_USAGE'],
  ['push of two boxes', ['push', 'ghcr.io/team/layers', 'lab', 'ubuntu'], 'E_USAGE'],
  ['a word behind list', ['list', 'lab'], 'E_USAGE'],
]

for (const [what, argv, code] of usage)
  test(`${what} is wrong usage`, async (t) => {
    const error = await t.throwsAsync(main(argv, projectAt(process.cwd())), { instanceOf: BoxhoundError })
    t.is(error.code, code)
    t.is(error.exitCode, 2)
  })

test('parents come before what stands on them, and orphans not at all', async (t) => {
  const project = await emptyProject(t)
  await storeChain(project)
  await storeLayer(project, 'orphan', 'gone')
  const ordered = parentsFirst(await listRecords(project))
  t.is(ordered.length, 5)
  for (const [index, { parent }] of ordered.entries())
    t.true(parent === null || ordered.slice(0, index).some(({ id }) => id === parent))
})

/** Runs work with what it prints on stdout caught. */
const printed = async (work: () => Promise<number>): Promise<{ code: number; lines: string[] }> => {
  const lines: string[] = []
  const { log } = console
  console.log = (line: string) => lines.push(line)
  try {
    return { code: await work(), lines }
  } finally {
    console.log = log
  }
}

test.serial('both verbs tell each layer, or print one document', async (t) => {
  const fake = await fakeRegistry(t)
  const { project } = await fullStore(t)
  const planned = async (): Promise<Plan> =>
    ({ layers: plan, rendered: { box: { file: '/x/y.yaml' } } }) as unknown as Plan
  const words = (...names: string[]) => ({
    repository: `${fake.host}/team/layers`,
    box: undefined,
    flags: { 'plain-http': true, ...Object.fromEntries(names.map((name) => [name, true])) },
  })
  const pushed = await printed(() => pushVerb(words(), planned, project))
  t.is(pushed.code, 0)
  t.regex(pushed.lines[0] ?? '', /^ {2}[0-9a-f]{12} {2}image {5}sent +30\d kB$/)
  t.regex(pushed.lines.at(-1) ?? '', /^4 of 4 layers sent to 127.*, 1\.2 MB$/)
  const again = await printed(() => pushVerb(words('json'), planned, project))
  t.is(again.lines.length, 1)
  const { bytes, layers } = JSON.parse(again.lines[0] ?? '')
  t.is(bytes, 0)
  t.deepEqual(
    layers.map(({ state }: { state: string }) => state),
    ['there', 'there', 'there', 'there'],
  )
  const to = await emptyProject(t)
  const pulled = await printed(() => pullVerb(words('json'), planned, to))
  t.is(pulled.code, 0)
  t.deepEqual(
    JSON.parse(pulled.lines[0] ?? '').layers.map(({ state }: { state: string }) => state),
    ['pulled', 'pulled', 'pulled', 'pulled'],
  )
  const rest = await printed(() => pullVerb(words(), planned, to))
  t.is(rest.lines.at(-1), 'nothing pulled')
})
