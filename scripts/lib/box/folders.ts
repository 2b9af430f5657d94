// Engines, apps and checks that there are to choose from.

import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'

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

/** Database engines: folders of provision/30-database/ with a database.yaml. */
export const engines = (project: Project): string[] =>
  choices(join(project.root, 'provision/30-database'), 'database.yaml')

/** Apps: folders of provision/40-app/ with an app.yaml. */
export const apps = (project: Project): string[] => choices(join(project.root, 'provision/40-app'), 'app.yaml')

/** Checks by name with their absolute folder: the user's own beside the box file, then provision/50-checks/. */
export const checkFolders = (boxFile: string, project: Project): ReadonlyMap<string, string> => {
  const own = join(dirname(boxFile), 'checks')
  const shared = join(project.root, 'provision/50-checks')
  return new Map(
    [shared, own].flatMap((parent) => choices(parent, 'check.yaml').map((name) => [name, join(parent, name)])),
  )
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
