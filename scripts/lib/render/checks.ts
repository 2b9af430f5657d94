// Places a check's files at the Agent's paths.

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

/**
 * The two files of a check's folder that the Agent reads, at the paths and with the modes of guide/agent-contract.md. Their names must match, so
 * they are generated here. Everything else in the folder (check.yaml, tests, notes) stays out of the image.
 */
export const checkFiles = (
  folder: Place,
  name: string,
  context: Context,
): { files: RenderedFile[]; owners: OwnerRule[] } => {
  const find = (file: string): Place => {
    const found = findFile(folder, file)
    if (found !== undefined) return found
    throw new BoxhoundError('E_CHECK', `the check "${name}" has no ${file}`, {
      file: folder.source,
      expected: `${folder.source}/${file}, named like the check`,
      found: 'no such file',
      exitCode: 2,
      next: 'add it; guide/checks.md shows how',
    })
  }
  const code = `etc/datadog-agent/checks.d/${name}.py`
  const conf = `etc/datadog-agent/conf.d/${name}.d/conf.yaml`
  return {
    files: [
      { ...renderFile(find(`${name}.py`), code, context), mode: 0o644 },
      { ...renderFile(find('conf.yaml'), conf, context, true), mode: 0o640 },
    ],
    owners: [
      agentFile(code, '0644'),
      { path: `/etc/datadog-agent/conf.d/${name}.d`, owner: 'dd-agent', group: 'dd-agent' },
      agentFile(conf, '0640'),
    ],
  }
}
