import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'

const folders = ['scripts', 'suite', 'lab']

const modules = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.m?[tj]s$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name)),
)

/** What a module imports of the project, types included: a cycle of types is one of ideas, and the next edit makes it one of code. */
const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport|\bimport\() ?'(\.{1,2}\/[^']+)'/g)]
    .map(([, path = '']) => join(dirname(file), path))
    .filter((path) => existsSync(path))

const graph: ReadonlyMap<string, readonly string[]> = new Map(modules.map((file) => [file, importsOf(file)]))

/** Each module that can be reached from itself, with the way there (Tarjan's components would name more than one needs to mend it). */
const cycles = (of: ReadonlyMap<string, readonly string[]>): string[] => {
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (node: string, way: readonly string[]): void => {
    if (state.get(node) === 'done') return
    if (state.get(node) === 'open') {
      found.push([...way.slice(way.indexOf(node)), node].join(' → '))
      return
    }
    state.set(node, 'open')
    for (const next of of.get(node) ?? []) visit(next, [...way, node])
    state.set(node, 'done')
  }
  for (const node of of.keys()) visit(node, [])
  return found
}

test('no module imports itself by way of others', (t) => {
  t.true(modules.length > 450)
  t.deepEqual(cycles(graph), [])
})

test('a cycle is found, and told with its way', (t) => {
  const of = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ])
  t.deepEqual(cycles(of), ['b → c → b'])
})

const phases = /^`(box ← .*)`$/m.exec(readFileSync('CONTRIBUTING.md', 'utf8'))?.[1]?.split(' ← ') ?? []

/** Folder that a module is in: one of scripts/lib, suite or lab; undefined for a verb. */
const roomOf = (file: string): string | undefined =>
  /^scripts\/lib\/([^/]+)\//.exec(file)?.[1] ?? /^(?:suite|lab)\/[^/]+(?=\/)/.exec(file)?.[0]

const arrows = [...graph].flatMap(([file, targets]) =>
  targets.flatMap((target) => {
    const [from, to] = [roomOf(file), roomOf(target)]
    return from === undefined || to === undefined || from === to ? [] : [{ from, to, text: `${file} → ${target}` }]
  }),
)

test('imports point left along the line of phases in CONTRIBUTING.md', (t) => {
  t.true(phases.length > 10)
  const upward = arrows.filter(({ from, to }) => {
    const [at, of] = [phases.indexOf(from), phases.indexOf(to)]
    return at !== -1 && of !== -1 && at < of
  })
  t.deepEqual(
    upward.map(({ text }) => text),
    [],
  )
})

test('no folder is built on itself by way of others', (t) => {
  const rooms = [...new Set(arrows.flatMap(({ from, to }) => [from, to]))]
  const of = new Map(
    rooms.map((room) => [room, [...new Set(arrows.filter(({ from }) => from === room).map(({ to }) => to))]]),
  )
  t.deepEqual(cycles(of), [])
})

test('what all use uses none of them', (t) => {
  t.deepEqual(
    arrows.filter(({ from }) => from === '_helpers').map(({ text }) => text),
    [],
  )
})
