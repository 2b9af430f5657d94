// Engines, apps and checks that there are to choose from.

import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from './box.ts'
import { kinds } from './kinds.ts'

/** The folder beside a box file with layers of the user's; boxhound has none to choose from. */
export const layersFolder = 'layers'

/** A link that leads nowhere is there: whoever reads it says so by its path. */
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Names of the folders that hold a marker file. Names that start with `_` or `.` are never choices. */
const choices = (parent: string, marker: string): string[] =>
  existsSync(parent)
    ? readdirSync(parent, { withFileTypes: true })
        .filter(
          // A link to a folder is one, too.
          ({ name }) => /^[a-z]/.test(name) && isFolder(join(parent, name)) && isThere(join(parent, name, marker)),
        )
        .map(({ name }) => name)
        .sort()
    : []

/** Folders by name, absolute; the user's own beside the box file hide those of the same name under provision/. */
export const foldersOf = (kind: keyof typeof kinds, boxFile: string, project: Project): ReadonlyMap<string, string> => {
  const { own, shared, marker } = kinds[kind]
  return new Map(
    [join(project.root, shared), join(dirname(boxFile), own)].flatMap((parent) =>
      choices(parent, marker).map((name) => [name, join(parent, name)] as const),
    ),
  )
}

/** Folders of a box's parts: those of its database and of its app (what they extend, and their own), of each check and of each layer. */
export const partFolders = ({ database, app, checks, layers = [] }: Box): (readonly string[])[] => [
  ...(database === null ? [] : [database.folders]),
  ...(app === null ? [] : [app.folders]),
  ...[...checks, ...layers].map(({ folder }) => [folder]),
]

/** The folders beside a box file that a box may be made from, whether they are there or not. */
export const ownFolders = (boxFile: string): string[] =>
  [...Object.values(kinds).map(({ own }) => own), layersFolder].map((own) => join(dirname(boxFile), own))

/** The folder beside a box file that a new choice goes into. */
export const ownFolder = (kind: keyof typeof kinds, boxFile: string): string => join(dirname(boxFile), kinds[kind].own)

/**
 * How errors and layers name a choice's folder: by its path in the project, or as it stands beside the box file; the name there must not depend on
 * the machine.
 */
export const sourceOf = (folder: string, project: Project): string => {
  const path = relative(project.root, folder)
  return path.startsWith('..') ? `${basename(dirname(folder))}/${basename(folder)}` : path
}

/** Names of the box files in boxes/, without suffix. */
export const boxNames = (project: Project): string[] => {
  const folder = join(project.root, 'boxes')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^[a-z][a-z0-9-]*\.yaml$/.test(name))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort()
}
