// Names and paths that are already taken.

import { readdirSync } from 'node:fs'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Check } from '../box/box.ts'
import document from './agent-names.json' with { type: 'json' }
import type { RenderedLayer } from './rendered-box.ts'
import type { Place } from './tree.ts'

/** Owners of taken names: the Agent searches checks.d last, so a check with such a name would never run. */
const owners: readonly (readonly [owner: string, names: readonly string[]])[] = [
  ['a module of Python’s standard library', document.python],
  ['a module that the Agent offers to checks', document.agent],
  ['a check shipped with the Agent', document.checks],
  ['a package in the Agent’s Python', document.packages],
]

/** Rejects a check with a taken name. @throws BoxhoundError E_CHECK (exit code 2) naming the owner. */
export const assertFreeName = ({ name }: Pick<Check, 'name'>, folder: Place): void => {
  const [owner] = owners.find(([, names]) => names.includes(name)) ?? []
  if (owner !== undefined)
    throw new BoxhoundError('E_CHECK', `the name "${name}" is taken: it is ${owner}`, {
      file: folder.source,
      exitCode: 2,
      expected: 'a unique name: the Agent would load the other one',
      found: name,
      next: `rename folder and files, for example to my_${name}`,
    })
}

/** Rejects Python files beside a check's module that would not be installed. @throws BoxhoundError E_CHECK (exit code 2) with the path. */
export const assertNoHelper = ({ name }: Pick<Check, 'name'>, folder: Place): void => {
  const helper = readdirSync(folder.file).find(
    (file) =>
      /\.py(?:\.hbs)?$/.test(file) &&
      !/^(?:test_.*|.*_test|conftest|setup)\.py$/.test(file) &&
      file.replace(/\.hbs$/, '') !== `${name}.py`,
  )
  if (helper !== undefined)
    throw new BoxhoundError('E_CHECK', `${helper} would not be installed with the check "${name}"`, {
      file: `${folder.source}/${helper}`,
      exitCode: 2,
      expected: `${name}.py and its tests (test_….py, conftest.py)`,
      found: helper,
      next: `move it to ${folder.source}/root/etc/datadog-agent/checks.d/${helper}, from where ${name}.py can import it; move other tools to a folder of their own`,
    })
}

/** Paths owned by the Agent's package or written by the running Agent. */
const agents =
  /^(?:opt\/datadog-agent\/|usr\/bin\/datadog-agent$|etc\/datadog-agent\/(?:auth_token|ipc_cert\.pem|install\.json|environment)$)/

/** Whether a path, without its leading slash, belongs to the Agent. */
export const isOfAgent = (path: string): boolean => agents.test(path)

/** Rejects a guest path of two layers, or of the Agent. @throws BoxhoundError E_LAYER (exit code 2) naming the owner. */
export const assertFreePaths = (layers: readonly RenderedLayer[]): void => {
  const seen = new Map<string, string>()
  for (const { name, files } of layers)
    for (const { path, source } of files) {
      // The layer of an Agent in a container brings its command.
      const other = name !== 'agent' && agents.test(path) ? 'the Agent' : seen.get(path)
      if (other !== undefined)
        throw new BoxhoundError('E_LAYER', `/${path} belongs to ${other}`, {
          file: source,
          exitCode: 2,
          expected: 'a unique path: one of the two files would be lost',
          found: `${other} and ${source}`,
          next: 'remove or rename one',
        })
      seen.set(path, source)
    }
}
