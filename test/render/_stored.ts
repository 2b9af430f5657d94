import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** The files of a rendered box by path; an executable one has an `x` in front of its text. */
export type Tree = ReadonlyMap<string, string>

const executable = 'x\0'

/** Everything below a folder; empty for one that is not there. */
export const readTree = (folder: string): Tree =>
  new Map(
    (existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [])
      .filter((entry) => entry.isFile())
      .map((entry): [string, string] => {
        const path = join(entry.parentPath, entry.name)
        const mark = (statSync(path).mode & 0o100) === 0 ? '' : executable
        return [relative(folder, path), `${mark}${readFileSync(path, 'latin1')}`]
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

const writeTree = (folder: string, tree: Tree): void => {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, text] of tree) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    const isExecutable = text.startsWith(executable)
    const body = isExecutable ? text.slice(executable.length) : text
    writeFileSync(file, body, { encoding: 'latin1', mode: isExecutable ? 0o755 : 0o644 })
  }
}

const [common, lacks] = ['common', 'lacks']

/** What a box is to render to: what is common, without what the box lacks, and its own files. */
export const readStored = (folder: string, box: string): Tree => {
  const own = readTree(join(folder, box))
  const absent = new Set((own.get(lacks) ?? '').split('\n'))
  const shared = [...readTree(join(folder, common))].filter(([path]) => !absent.has(path))
  const mine = [...own].filter(([path]) => path !== lacks)
  return new Map([...shared, ...mine].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The rendering of a path that most boxes have, if there are two of them. */
const usual = (texts: readonly string[]): string | undefined => {
  const counted = [...new Set(texts)].map((text) => ({ text, count: texts.filter((one) => one === text).length }))
  const most = counted.reduce((best, one) => (one.count > best.count ? one : best), { text: '', count: 1 })
  return most.count > 1 ? most.text : undefined
}

/** Stores renderings of all boxes: what two or more render alike once, in `common`, and for each box what it has in its own way or lacks. */
export const writeStored = (folder: string, boxes: ReadonlyMap<string, Tree>): void => {
  const paths = new Set([...boxes.values()].flatMap((tree) => [...tree.keys()]))
  const shared = new Map(
    [...paths].sort().flatMap((path): [string, string][] => {
      const text = usual([...boxes.values()].flatMap((tree) => tree.get(path) ?? []))
      return text === undefined ? [] : [[path, text]]
    }),
  )
  rmSync(folder, { recursive: true, force: true })
  writeTree(join(folder, common), shared)
  for (const [box, tree] of boxes) {
    const own = [...tree].filter(([path, text]) => shared.get(path) !== text)
    const absent = [...shared.keys()].filter((path) => !tree.has(path))
    const list: [string, string][] = absent.length === 0 ? [] : [[lacks, `${absent.join('\n')}\n`]]
    writeTree(join(folder, box), new Map([...own, ...list]))
  }
}

/** Names of the boxes of which something is stored. */
export const storedBoxes = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name !== common)
    .sort()
