import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import { nearest } from '../box/nearest.ts'
import { displayPath, parseSource, readSource } from '../box/read.ts'
import { valueOffset } from '../box/source.ts'
import type { Box } from '../box/types.ts'
import { assertNone, validate } from '../box/validate.ts'
import { observeContext } from './context.ts'
import { type Read, readTemplate } from './read.ts'
import { type Board, board } from './schema.ts'

/** A further dashboard of a box; `name` is that of its file. */
export interface ReadBoard extends Read<Board> {
  readonly name: string
}

/** An export as it is, or a template as `board.yaml.hbs` is one. */
const suffixes = ['.json', '.yaml.hbs'] as const

const foldersOf = ({ file }: Box, project: Project): string[] => [
  join(dirname(file), 'boards'),
  join(project.root, 'observe/boards'),
]

const namesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder).flatMap((file) => {
        const suffix = suffixes.find((one) => file.endsWith(one))
        return suffix === undefined ? [] : [file.slice(0, -suffix.length)]
      })
    : []

/** An export is no template: a note may hold double braces. */
const readJson = (file: string, project: Project): Read<Board> => {
  const source = displayPath(file, project)
  const parsed = parseSource(readFileSync(file, 'utf8'), source)
  const { data, problems } = validate(parsed, board)
  assertNone(parsed, problems)
  if (data === undefined) throw new Error('a file without problems has data')
  return { source, data }
}

const fileOf = (name: string, folders: readonly string[]): string | undefined =>
  folders
    .flatMap((folder) => suffixes.map((suffix) => join(folder, `${name}${suffix}`)))
    .find((file) => existsSync(file))

/** Every name of `observe.boards` has a file. @throws BoxhoundError E_BOX_FILE at its place. */
const assertFiles = (box: Box, folders: readonly string[], project: Project): void => {
  const names = box.observe.boards
  if (names.every((name) => fileOf(name, folders) !== undefined)) return
  const known = [...new Set(folders.flatMap(namesIn))].sort()
  const source = readSource(box.file, project)
  assertNone(
    source,
    names.flatMap((name, index) => {
      if (fileOf(name, folders) !== undefined) return []
      const near = nearest(name, known)
      const beside = displayPath(join(folders[0] ?? '', `${name}.json`), project)
      return [
        {
          ...{ offset: valueOffset(source, ['observe', 'boards', index]), found: name },
          message: `observe.boards: there is no board "${name}"`,
          expected: known.length === 0 ? `a file ${beside}` : `one of ${known.join(', ')}`,
          next: near === undefined ? `save an export as ${beside}` : `did you mean "${near}"?`,
        },
      ]
    }),
  )
}

/**
 * The further dashboards of a box: `boards/NAME.json` or `boards/NAME.yaml.hbs` beside the box file, else under observe/.
 *
 * @throws BoxhoundError E_TEMPLATE or E_BOX_FILE, naming file and line.
 */
export const readBoards = (box: Box, project: Project): ReadBoard[] => {
  const folders = foldersOf(box, project)
  assertFiles(box, folders, project)
  return box.observe.boards.map((name) => {
    const file = fileOf(name, folders) ?? ''
    const read = file.endsWith('.json')
      ? readJson(file, project)
      : readTemplate(file, observeContext(box), board, project)
    return { name, ...read }
  })
}
