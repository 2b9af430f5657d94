// Files under boards/ and exports/.

import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type * as z from 'zod'
import type { Project } from '../_helpers/paths.ts'
import { readPlain } from '../_helpers/plain-file.ts'
import { decodeUtf8 } from '../_helpers/utf8.ts'
import type { Box } from '../box/box.ts'
import { nearest } from '../box/nearest.ts'
import { displayPath, parseSource, readSource } from '../box/read.ts'
import { valueOffset } from '../box/source.ts'
import { assertNone, validate } from '../box/validate.ts'
import { observeContext } from './context.ts'
import { type Read, readTemplate } from './read.ts'

/** Lists in a box file that name files in a folder of the same name. */
export type NamedList = 'boards' | 'exports'

/** A file that the box refers to. */
export interface Named<T> extends Read<T> {
  readonly name: string
}

/** An export as it is, or a template like the other files of the account side. */
const suffixes = ['.json', '.yaml.hbs'] as const

/** Where to put a new file of a list: beside the box file. */
export const namedFolder = ({ file }: Pick<Box, 'file'>, list: NamedList): string => join(dirname(file), list)

const foldersOf = (box: Box, list: NamedList, project: Project): string[] => [
  namedFolder(box, list),
  join(project.tool, 'observe', list),
]

const namesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder).flatMap((file) => {
        const suffix = suffixes.find((one) => file.endsWith(one))
        return suffix === undefined ? [] : [file.slice(0, -suffix.length)]
      })
    : []

/** In bytes; the site's own limits are far below. */
const largestExport = 8 << 20

/** An export is not a template, since a note or message may contain double braces. */
const readJson = <T>(file: string, schema: z.ZodType<T>, project: Project): Read<T> => {
  const source = displayPath(file, project)
  const parsed = parseSource(
    decodeUtf8(readPlain(file, { source, maximum: largestExport, follow: true }).content, source),
    source,
  )
  const { data, problems } = validate(parsed, schema)
  assertNone(parsed, problems)
  if (data === undefined) throw new Error('a file without problems has data')
  return { source, data }
}

const fileOf = (name: string, folders: readonly string[]): string | undefined =>
  folders
    .flatMap((folder) => suffixes.map((suffix) => join(folder, `${name}${suffix}`)))
    .find((file) => existsSync(file))

/** Checks that every name has a file. @throws BoxhoundError E_BOX_FILE at its place. */
const assertFiles = (box: Box, list: NamedList, folders: readonly string[], project: Project): void => {
  const names = box.observe[list]
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
          offset: valueOffset(source, ['observe', list, index]),
          found: name,
          message: `observe.${list}: no file for "${name}"`,
          expected: known.length === 0 ? `a file ${beside}` : `one of ${known.join(', ')}`,
          next: near === undefined ? `save an export as ${beside}` : `did you mean "${near}"?`,
        },
      ]
    }),
  )
}

/**
 * The files in a list of the box file: `LIST/NAME.json` or `LIST/NAME.yaml.hbs` beside the box file, or else under
 * observe/.
 *
 * @throws BoxhoundError E_TEMPLATE or E_BOX_FILE, naming file and line.
 */
export const readNamed = <T>(box: Box, list: NamedList, schema: z.ZodType<T>, project: Project): Named<T>[] => {
  const folders = foldersOf(box, list, project)
  assertFiles(box, list, folders, project)
  return box.observe[list].map((name) => {
    const file = fileOf(name, folders) ?? ''
    const read = file.endsWith('.json')
      ? readJson(file, schema, project)
      : readTemplate(file, observeContext(box), schema, project)
    return { name, ...read }
  })
}
