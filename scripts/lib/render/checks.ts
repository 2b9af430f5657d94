// Places the files of checks and integrations at the Agent's paths.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { OwnerRule, RenderedFile } from './rendered-box.ts'
import type { Context } from './template.ts'
import { findFile, type Place, renderFile } from './tree.ts'

const agentFile = (path: string, mode: string): OwnerRule => ({
  path: `/${path}`,
  owner: 'dd-agent',
  group: 'dd-agent',
  mode,
})

/** The path of a configuration, without the leading slash. */
export const confOf = (name: string): string => `etc/datadog-agent/conf.d/${name}.d/conf.yaml`

/** A file that the folder must have, or its template. */
const needed = (folder: Place, what: string, name: string, file: string): Place => {
  const found = findFile(folder, file)
  if (found !== undefined) return found
  throw new BoxhoundError('E_CHECK', `the ${what} "${name}" has no ${file}`, {
    file: folder.source,
    expected: `${folder.source}/${file}${file.endsWith('.py') ? ', named like the check' : ''}`,
    found: 'no such file',
    exitCode: 2,
    next: `add it; guide/${what}s.md shows how`,
  })
}

/** Owners of `conf.d/NAME.d` and the file in it. */
export const confOwners = (name: string): OwnerRule[] => [
  { path: `/etc/datadog-agent/conf.d/${name}.d`, owner: 'dd-agent', group: 'dd-agent' },
  agentFile(confOf(name), '0640'),
]

/**
 * The configuration in the folder of an integration, which the Agent ships the code of.
 *
 * @throws BoxhoundError E_CHECK (exit code 2) without conf.yaml, or with code of its own.
 */
export const integrationConf = (folder: Place, name: string, context: Context): RenderedFile => {
  const code = findFile(folder, `${name}.py`)
  if (code !== undefined)
    throw new BoxhoundError('E_CHECK', `${name}.py would not be installed with the integration "${name}"`, {
      file: code.source,
      expected: 'no code: the Agent ships it',
      found: `${name}.py`,
      exitCode: 2,
      next: `remove it; a check of your own goes into checks/ under another name`,
    })
  return { ...renderFile(needed(folder, 'integration', name, 'conf.yaml'), confOf(name), context, true), mode: 0o640 }
}

/**
 * The two files of a check's folder that the Agent reads, at the paths and with the modes of guide/agent-contract.md. Their names must match, so
 * they are generated here. Everything else in the folder (check.yaml, tests, notes) stays out of the image.
 */
export const checkFiles = (
  folder: Place,
  name: string,
  context: Context,
): { files: RenderedFile[]; owners: OwnerRule[] } => {
  const code = `etc/datadog-agent/checks.d/${name}.py`
  return {
    files: [
      { ...renderFile(needed(folder, 'check', name, `${name}.py`), code, context), mode: 0o644 },
      { ...renderFile(needed(folder, 'check', name, 'conf.yaml'), confOf(name), context, true), mode: 0o640 },
    ],
    owners: [agentFile(code, '0644'), ...confOwners(name)],
  }
}
