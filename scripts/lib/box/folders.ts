// Engines, apps and checks that there are to choose from.

import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { boxNamesIn } from '../../_roots.mjs'
import { type Project, rootOf } from '../_helpers/paths.ts'
import type { Box } from './box.ts'
import { kinds } from './kinds.ts'
import { displayPath } from './read.ts'

/** The folder beside a box file with layers of the user's; boxhound has none to choose from. */
export const layersFolder = 'layers'

/** The folder beside a box file with tests of the user's. */
export const testsFolder = 'tests'

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
    [join(project.tool, shared), join(dirname(boxFile), own)].flatMap((parent) =>
      choices(parent, marker).map((name) => [name, join(parent, name)] as const),
    ),
  )
}

/**
 * Folders of a box's parts: those of its database and of its app (what they extend, and their own), of each check,
 * integration and layer.
 */
export const partFolders = ({ database, app, checks, integrations, layers = [] }: Box): (readonly string[])[] => [
  ...(database === null ? [] : [database.folders]),
  ...(app === null ? [] : [app.folders]),
  ...[...checks, ...layers].map(({ folder }) => [folder]),
  ...integrations.flatMap(({ folder }) => (folder === null ? [] : [[folder]])),
]

/** The folders beside a box file that a box may be made from, whether they are there or not. */
export const ownFolders = (boxFile: string): string[] =>
  [...Object.values(kinds).map(({ own }) => own), layersFolder, testsFolder].map((own) => join(dirname(boxFile), own))

/** The folder beside a box file that a new choice goes into. */
export const ownFolder = (kind: keyof typeof kinds, boxFile: string): string => join(dirname(boxFile), kinds[kind].own)

/**
 * How errors and layers name a choice's folder: by its path from the user's root, or as it stands beside a box file elsewhere, which must not
 * depend on the machine. boxhound's own folders outside of that root have no shorter name than their path.
 */
export const sourceOf = (folder: string, project: Project): string => {
  const path = displayPath(folder, project)
  const elsewhere = isAbsolute(path) && rootOf(folder, project) === undefined
  return elsewhere ? `${basename(dirname(folder))}/${basename(folder)}` : path
}

/** How banners name a file or folder, which become part of an image: from the root that it belongs to, so that it is the same everywhere. */
export const bannerOf = (path: string, project: Project): string => {
  const root = rootOf(path, project)
  return root === undefined ? `${basename(dirname(path))}/${basename(path)}` : relative(root, path)
}

/** Names of the box files in boxes/, without suffix. */
export const boxNames = ({ root }: Pick<Project, 'root'>): string[] => boxNamesIn(root)

/** boxhound's own box `lab`, which a folder without any box can bake; undefined for any other name. */
export const lentBox = (name: string, project: Project): string | undefined =>
  name === 'lab' && project.tool !== project.root && boxNames(project).length === 0
    ? join(project.tool, 'boxes/lab.yaml')
    : undefined
