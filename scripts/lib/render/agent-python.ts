// The Python that runs checks, and the packages that the Agent brings for it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import { isLabVersion } from '../box/apt-repository.ts'
import type { Box } from '../box/box.ts'
import { normalName } from '../box/requirements.ts'
import document from './agent-packages.json' with { type: 'json' }

/** The first minor version of Agent 7 that embeds Python 3.13. */
const python313 = 72

/** Version of the Python that runs checks, e.g. `3.13`. The lab Agent runs them on the system's. */
export const agentPython = ({ agent, base }: Pick<Box, 'agent' | 'base'>): string => {
  if (isLabVersion(agent.version)) return base.system.python
  return Number(agent.version.split('.')[1]) >= python313 ? '3.13' : '3.12'
}

const labList = 'lab/agent/requirements.txt'

const pinned = /^([A-Za-z0-9._-]+)==([^\s;\\]+)(?![^\n]*sys_platform == 'win32')/gm

/**
 * The Agent's own Python packages by normal name, with their versions. Those of Datadog's Agent are of one known version; the layer compares
 * with what is really installed (provision/45-packages/).
 */
export const agentPackages = (
  { agent }: Pick<Box, 'agent'>,
  { tool }: Pick<Project, 'tool'>,
): ReadonlyMap<string, string> => {
  const pairs: (readonly [string, string])[] = isLabVersion(agent.version)
    ? [...readFileSync(join(tool, labList), 'utf8').matchAll(pinned)].map(([, name = '', version = '']) => [
        name,
        version,
      ])
    : Object.entries(document.packages)
  return new Map(pairs.map(([name, version]) => [normalName(name), version]))
}
