// Finds the user's root: the folder whose boxes/ a verb works on, and that out/ is written to. Plain JavaScript, since an unchanged bake asks
// before any module of boxhound is loaded.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const namesIn = (folder) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Whether a folder's package.json names boxhound as a dependency. */
const dependsOnBoxhound = (folder) => {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return [dependencies, devDependencies].some((list) => list?.boxhound !== undefined)
  } catch {
    return false
  }
}

const isProject = (folder) =>
  namesIn(join(folder, 'boxes')).some((name) => name.endsWith('.yaml')) || dependsOnBoxhound(folder)

/** The nearest project at or above a folder: box files in boxes/, or a package.json that depends on boxhound. Without any, the folder itself. */
export const userRoot = (folder) => {
  for (let above = resolve(folder); ; above = dirname(above)) {
    if (isProject(above)) return above
    if (above === dirname(above)) return resolve(folder)
  }
}

/**
 * The folder that relative paths on the command line start from. npm runs a package's scripts in that package's folder and keeps the one it
 * was called from in INIT_CWD; a program started elsewhere below npm inherits the variable, and there it means nothing.
 */
export const callersFolder = (cwd, { INIT_CWD: called, npm_package_json: file }) =>
  called && (!file || dirname(file) === cwd) ? called : cwd

/** Names of the box files in boxes/, without suffix, sorted. */
export const boxNamesIn = (root) =>
  namesIn(join(root, 'boxes'))
    .filter((name) => /^[a-z][a-z0-9-]*\.yaml$/.test(name) && name !== 'goss.yaml')
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort()

/** The box that is meant when none is named: `lab`, which every folder without boxes of its own has too, or the only one; else undefined. */
export const defaultBox = (root) => {
  const names = boxNamesIn(root)
  if (names.length === 0 || names.includes('lab')) return 'lab'
  return names.length === 1 ? names[0] : undefined
}
