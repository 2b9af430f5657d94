// Definitions that share a folder with others of their kind: `extends` in database.yaml and app.yaml.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { isObject, type JsonObject } from '../_helpers/json.ts'
import type { Project } from '../_helpers/paths.ts'
import { kinds } from './kinds.ts'
import { readSource } from './read.ts'
import type { Source } from './source.ts'
import { assertNone, validate } from './validate.ts'

const expected = 'the name of a folder that starts with _'

/** The key of a definition: a folder beside its own, all of which belongs to it as well. */
export const extendsKey = z
  .string(expected)
  .regex(/^_[a-z][a-z0-9_-]*$/, expected)
  .optional()

/** Map by map; a list of the definition's own takes the place of the shared one. */
const merged = (base: JsonObject, own: JsonObject): JsonObject => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(own).map(([key, value]) => {
      const shared = base[key]
      return [key, isObject(shared) && isObject(value) ? merged(shared, value) : value]
    }),
  ),
})

const read = (file: string, project: Project): { source: Source; value: JsonObject } => {
  const source = readSource(file, project)
  return { source, value: isObject(source.value) ? source.value : {} }
}

/** What several share: all that it says is right; what it leaves out a definition's own file must say. */
const readShared = (file: string, schema: z.ZodType, project: Project): JsonObject => {
  const { source, value } = read(file, project)
  assertNone(
    source,
    validate(source, schema, value).problems.filter(({ found }) => found !== 'nothing'),
  )
  return value
}

/**
 * Reads a definition, merged with that of the folder that it extends: one beside its own, or boxhound's.
 *
 * @returns the definition, its file, and its folders: what it extends first.
 * @throws BoxhoundError E_BOX_FILE with positions inside the file that is wrong.
 */
export const readExtended = <T>(
  kind: 'database' | 'app',
  folder: string,
  schema: z.ZodType<T>,
  project: Project,
): { readonly data: T; readonly source: Source; readonly folders: readonly string[] } => {
  const { marker, shared } = kinds[kind]
  const own = read(join(folder, marker), project)
  const name = own.value.extends === undefined ? undefined : String(own.value.extends)
  const parents = name === undefined ? [] : [dirname(folder), join(project.tool, shared)].map((one) => join(one, name))
  const parent = parents.find(existsSync) ?? parents[0]
  const base = parent === undefined ? {} : readShared(join(parent, marker), schema, project)
  const { data, problems } = validate(own.source, schema, merged(base, own.value))
  assertNone(own.source, problems)
  if (data === undefined) throw new Error('a file without problems has data')
  return { data, source: own.source, folders: [...(parent === undefined ? [] : [parent]), folder] }
}
