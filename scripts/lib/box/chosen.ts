// The box that a verb works on.

import { join } from 'node:path'
import { defaultBox } from '../../_roots.mjs'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { boxNames, lentBox } from './folders.ts'
import { displayPath } from './read.ts'

/** Help for the argument of verbs that work on one box. */
export const boxHelp = 'name of a file in boxes/ without the extension, or a path (default: lab, or the only one)'

/**
 * The box named on the command line; without a name `lab`, or else the only box. A folder without any box gets boxhound's own `lab`, and is told.
 *
 * @throws BoxhoundError E_USAGE (exit code 2) when there are several to choose from.
 */
export const chosenBox = (
  given: string | undefined,
  project: Project,
  tell: (text: string) => void = console.error,
): string => {
  const name = given ?? defaultBox(project.root)
  if (name === undefined)
    throw new BoxhoundError('E_USAGE', 'no box was named, and there are several', {
      expected: `one of ${boxNames(project).join(', ')}`,
      found: 'no name',
      next: 'name the box after the verb',
      exitCode: 2,
    })
  const lent = lentBox(name, project)
  if (lent !== undefined) tell(`no box file in boxes/: taking boxhound’s own, ${displayPath(lent, project)}`)
  return name
}

/** The boxes of `--all`. @throws BoxhoundError E_USAGE (exit code 2) when there is none: all of nothing would count as done. */
export const allBoxes = (project: Project): string[] => {
  const names = boxNames(project)
  if (names.length > 0) return names
  throw new BoxhoundError('E_USAGE', '--all finds no box', {
    file: displayPath(join(project.root, 'boxes'), project),
    expected: 'at least one box file',
    found: 'none',
    next: 'npm run init starts a repository with one',
    exitCode: 2,
  })
}
