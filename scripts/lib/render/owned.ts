// Names and paths that something else has.

import { readdirSync } from 'node:fs'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Check } from '../box/types.ts'
import document from './agent-names.json' with { type: 'json' }
import type { Place } from './tree.ts'
import type { RenderedLayer } from './types.ts'

/** Who has a name already: the Agent looks in checks.d last, so that a check of that name would never be run. */
const owners: readonly (readonly [owner: string, names: readonly string[]])[] = [
  ['a module of Python itself', document.python],
  ['a module that the Agent offers to checks', document.agent],
  ['a check that the Agent brings', document.checks],
  ['a package that the Agent’s Python has', document.packages],
]

/** Refuses a check under a name that something else has. @throws BoxhoundError E_CHECK (exit code 2) with who has it. */
export const assertFreeName = ({ name }: Pick<Check, 'name'>, folder: Place): void => {
  const [owner] = owners.find(([, names]) => names.includes(name)) ?? []
  if (owner !== undefined)
    throw new BoxhoundError('E_CHECK', `the name "${name}" is taken: it is ${owner}`, {
      ...{ file: folder.source, exitCode: 2, expected: 'a name of its own: the Agent would load the other one' },
      ...{ found: name, next: `rename folder and files, for example to my_${name}` },
    })
}

/** Python beside a check's module that would not come along. @throws BoxhoundError E_CHECK (exit code 2) with its path. */
export const assertNoHelper = ({ name }: Pick<Check, 'name'>, folder: Place): void => {
  const helper = readdirSync(folder.file).find(
    (file) =>
      /\.py(?:\.hbs)?$/.test(file) &&
      !/^(?:test_.*|.*_test|conftest|setup)\.py$/.test(file) &&
      file.replace(/\.hbs$/, '') !== `${name}.py`,
  )
  if (helper !== undefined)
    throw new BoxhoundError('E_CHECK', `${helper} would not come along with the check "${name}"`, {
      ...{
        file: `${folder.source}/${helper}`,
        exitCode: 2,
        expected: `${name}.py and its tests (test_….py, conftest.py)`,
      },
      ...{ found: helper },
      next: `move it to ${folder.source}/root/etc/datadog-agent/checks.d/${helper}, from where ${name}.py can import it; a tool of yours belongs into a folder of its own`,
    })
}

/** What the Agent's package, or the Agent as it runs, puts at these paths. */
const agents =
  /^(?:opt\/datadog-agent\/|usr\/bin\/datadog-agent$|etc\/datadog-agent\/(?:auth_token|ipc_cert\.pem|install\.json|environment)$)/

/** Two layers with one guest path, or a path of the Agent's own. @throws BoxhoundError E_LAYER (exit code 2) with who has it. */
export const assertFreePaths = (layers: readonly RenderedLayer[]): void => {
  const seen = new Map<string, string>()
  for (const { files } of layers)
    for (const { path, source } of files) {
      const other = agents.test(path) ? 'the Agent' : seen.get(path)
      if (other !== undefined)
        throw new BoxhoundError('E_LAYER', `/${path} belongs to ${other}`, {
          ...{ file: source, exitCode: 2, expected: 'a path that nothing else has: one of the two would be lost' },
          ...{ found: `${other} and ${source}`, next: 'remove or rename one' },
        })
      seen.set(path, source)
    }
}
