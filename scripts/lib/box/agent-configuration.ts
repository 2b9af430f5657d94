// The Agent's configuration of a box file, checked.

import type { AgentConfiguration, Settings } from './agent.ts'
import { configProblems, unknownSettings } from './agent-config.ts'
import { secretStore } from './agent-secrets.ts'
import type { Problem } from './problems.ts'
import { lineAndColumn } from './problems.ts'
import type { BoxFile } from './schema.ts'
import { keyOffset, type Source, valueOffset } from './source.ts'

const notesOf = (config: Readonly<Record<string, unknown>>, source: Source): string[] =>
  unknownSettings(config).map((name) => {
    const { line, column } = lineAndColumn(source.text, keyOffset(source, ['agent', 'config', name]))
    return `${source.path}:${line}:${column}: agent.config.${name} is no setting of the Agent known here; passed on as written`
  })

/** A box that traces an app needs the receiver that a setting turns off. */
const contradiction = ({ app, agent }: BoxFile, source: Source): Problem[] => {
  const apm = agent.config?.apm_config
  if (app == null || typeof apm !== 'object' || apm === null || !('enabled' in apm) || apm.enabled !== false) return []
  return [
    {
      offset: keyOffset(source, ['agent', 'config', 'apm_config', 'enabled']),
      message: 'agent.config.apm_config.enabled turns off what the app sends its traces to',
      expected: 'true, or a box without app',
      found: 'false',
      next: 'remove the line',
    },
  ]
}

const labFlavor = ({ agent }: BoxFile, source: Source): Problem[] =>
  agent.flavor !== undefined && agent.repository === 'lab'
    ? [
        {
          offset: valueOffset(source, ['agent', 'flavor']),
          message: 'the lab has no FIPS Agent',
          expected: 'no flavor with repository: lab',
          found: agent.flavor,
          next: 'remove flavor, or take the Agent from a real repository',
        },
      ]
    : []

/** Units that start after the Agent themselves, or only once everything has: systemd would break the cycle somewhere. */
const cycles = (after: readonly string[], source: Source): Problem[] =>
  after.flatMap((unit, index) =>
    /^(?:datadog-agent.*|multi-user\.target|graphical\.target|default\.target)$/.test(unit)
      ? [
          {
            offset: valueOffset(source, ['agent', 'after', index]),
            message: `the Agent can’t start after ${unit}, which waits for the Agent`,
            expected: 'a unit that doesn’t wait for the Agent',
            found: unit,
            next: 'remove it',
          },
        ]
      : [],
  )

/**
 * What a box file says of the Agent's configuration.
 *
 * @param boxFile its absolute path.
 * @returns it, what is wrong with it, and what its author should know.
 */
export const agentConfiguration = (
  file: BoxFile,
  boxFile: string,
  source: Source,
): { configuration: AgentConfiguration; problems: Problem[]; notes: string[] } => {
  const { config = {}, groups = [], after = [], flavor = 'base' } = file.agent
  const { store, problems: unresolvable } = secretStore(file.agent, boxFile, source)
  // Without problems every value is one that YAML writes as it was read.
  return {
    configuration: { config: config as Settings, secrets: store, groups, after, flavor },
    problems: [
      ...configProblems(config, source),
      ...contradiction(file, source),
      ...unresolvable,
      ...labFlavor(file, source),
      ...cycles(after, source),
    ],
    notes: notesOf(config, source),
  }
}
