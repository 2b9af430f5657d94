// The user's own layers: folders in `layers/` beside the box file, and their options.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type * as z from 'zod'
import type { Project } from '../_helpers/paths.ts'
import type { OwnLayer } from './box.ts'
import { options as optionsSchema } from './check-schema.ts'
import { issueOf } from './contradiction.ts'
import { optionContradictions } from './definition-rules.ts'
import { layersFolder } from './folders.ts'
import type { Anchor } from './layer-names.ts'
import { nearest } from './nearest.ts'
import { resolveOptions } from './options.ts'
import type { Problem } from './problems.ts'
import { displayPath, readSource } from './read.ts'
import type { LayersOfFile } from './schema-layers.ts'
import { usualAnchor } from './schema-layers.ts'
import { foundAt, type Path, type Source, valueOffset } from './source.ts'
import { assertNone, validate } from './validate.ts'

/** What makes a folder a layer: any of these. */
const parts = ['layer.yaml', 'layer.yaml.hbs', 'root', 'provision.sh', 'provision.sh.hbs']

const optionsFile = optionsSchema.nullable().superRefine((value, context) => {
  for (const { path, ...rest } of optionContradictions(value ?? {}))
    context.addIssue(issueOf({ ...rest, path: path.slice(1) }))
})

/** The typed options of a layer; none without an options.yaml. */
const definedOptions = (folder: string, project: Project): z.infer<typeof optionsSchema> => {
  const file = join(folder, 'options.yaml')
  if (!existsSync(file)) return {}
  const source = readSource(file, project)
  const { data, problems } = validate(source, optionsFile)
  assertNone(source, problems)
  return data ?? {}
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Names of the folders in `layers/`; those that start with `_` or `.` are none. */
const namesIn = (parent: string): string[] =>
  isFolder(parent)
    ? readdirSync(parent)
        .filter((name) => /^[a-z]/.test(name) && isFolder(join(parent, name)))
        .sort()
    : []

const unknown = (name: string, path: Path, source: Source, parent: string, shown: string): Problem => {
  const known = namesIn(parent)
  const best = nearest(name, known)
  return {
    offset: valueOffset(source, path),
    message: `no layer named "${name}"`,
    expected: known.length === 0 ? `a folder in ${shown}` : `one of ${known.join(', ')}`,
    found: name,
    next:
      best === undefined
        ? `add a folder ${shown}${name}/ with a layer.yaml (guide/layers.md)`
        : `did you mean "${best}"?`,
  }
}

const empty = (name: string, path: Path, source: Source, shown: string): Problem => ({
  offset: valueOffset(source, path),
  message: `${shown}${name} has nothing to apply`,
  expected: 'a folder with layer.yaml, root/ or provision.sh',
  found: 'none of them',
  next: `add ${shown}${name}/layer.yaml; guide/layers.md shows how`,
})

const words: Readonly<Record<Anchor, string>> = { agent: 'Agent', database: 'database', app: 'app', checks: 'checks' }

const misplaced = (after: Anchor, path: Path, source: Source, present: readonly Anchor[]): Problem => ({
  offset: valueOffset(source, path),
  message: `a layer after ${after}, and the box has no ${words[after]}`,
  expected: `one of ${present.join(', ')}`,
  found: foundAt(source, path),
  next: `remove after, which places it after ${usualAnchor}`,
})

/**
 * The layers that a box file lists, each with its folder found and its options filled in.
 *
 * @param present the layers that the box has and that one of the user's can follow.
 */
export const ownLayersOf = (
  given: LayersOfFile,
  present: readonly Anchor[],
  source: Source,
  file: string,
  project: Project,
): { readonly layers: readonly OwnLayer[]; readonly problems: readonly Problem[] } => {
  const parent = join(dirname(file), layersFolder)
  const shown = `${displayPath(parent, project)}/`
  const problems: Problem[] = []
  const layers: OwnLayer[] = []
  for (const [index, entry] of given.entries()) {
    const path: Path = ['layers', index]
    const isName = typeof entry === 'string'
    const { name, after, options } = isName ? { name: entry, after: usualAnchor, options: undefined } : entry
    const namePath = isName ? path : [...path, 'name']
    const folder = join(parent, name)
    if (!present.includes(after)) problems.push(misplaced(after, [...path, 'after'], source, present))
    if (!isFolder(folder)) problems.push(unknown(name, namePath, source, parent, shown))
    else if (!parts.some((part) => existsSync(join(folder, part)))) problems.push(empty(name, namePath, source, shown))
    else {
      const definition = { options: definedOptions(folder, project), rules: [] }
      const resolved = resolveOptions(definition, options ?? {}, source, path)
      problems.push(...resolved.problems)
      layers.push({ name, folder, after, options: resolved.options })
    }
  }
  return { layers, problems }
}
