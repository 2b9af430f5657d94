import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What each module imports of the project's other modules, types included: paths from the root. */
export type Imports = ReadonlyMap<string, readonly string[]>

/** Static imports and exports begin their line, as the formatter leaves them; the others name a path in place. */
const pattern = /^(?:import|export) (?:[^'"`;]*? from )?'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm

export const importsIn = (path: string, text: string): string[] =>
  [...text.matchAll(pattern)]
    .map(([, written, called]) => join(dirname(path), written ?? called ?? ''))
    .filter((found) => /\.m?[tj]s$/.test(found))

export const importsBelow = async (folders: readonly string[]): Promise<Imports> => {
  const lists = await Promise.all(folders.map((folder) => readdir(folder, { recursive: true })))
  const paths = lists.flatMap((list, index) => list.map((name) => join(folders[index] ?? '', name)))
  const modules = paths.filter((path) => /\.m?ts$/.test(path) && !path.endsWith('.d.mts'))
  return new Map(
    await Promise.all(modules.map(async (path) => [path, importsIn(path, await readFile(path, 'utf8'))] as const)),
  )
}

/** Modules from the first back to itself, for the first cycle that is found; empty for none. */
export const cycleIn = (imports: Imports): string[] => {
  const done = new Set<string>()
  const follow = (path: string, above: readonly string[]): string[] => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path]
    if (done.has(path)) return []
    for (const next of imports.get(path) ?? []) {
      const cycle = follow(next, [...above, path])
      if (cycle.length > 0) return cycle
    }
    done.add(path)
    return []
  }
  for (const path of imports.keys()) {
    const cycle = follow(path, [])
    if (cycle.length > 0) return cycle
  }
  return []
}

/** A module's folder, as CONTRIBUTING's order of imports names it. */
export const roomOf = (path: string): string => {
  const [top = '', second = '', third = ''] = path.split('/')
  if (top !== 'scripts') return `${top}/${second}`
  if (second === 'lib') return third
  return second.startsWith('_') && second.endsWith('.mjs') ? 'start' : 'verbs'
}

/** Imports of a folder that stands later in the order, or in none. */
export const upward = (imports: Imports, order: readonly string[]): string[] =>
  [...imports].flatMap(([path, all]) =>
    all.flatMap((other) => {
      const [from, to] = [order.indexOf(roomOf(path)), order.indexOf(roomOf(other))]
      return from < 0 || to < 0 || to > from ? [`${path} imports ${other}`] : []
    }),
  )
