// The Agent's companions that a box file may turn on: system-probe and security-agent, each with its own YAML file.

import { distance } from 'fastest-levenshtein'
import type { Settings } from './agent.ts'
import { settingOfVariable } from './agent-settings.ts'
import type { Problem } from './problems.ts'
import type { BoxFile } from './schema.ts'
import { valueProblems } from './setting-values.ts'
import { foundAt, keyOffset, type Source, valueOffset } from './source.ts'

/** One companion: its key in the box file, its file and unit, and the names at its file's top level that are known here. */
export interface Companion {
  readonly key: 'systemProbe' | 'security'
  readonly title: string
  /** Guest path without the leading slash. */
  readonly file: string
  readonly unit: string
  readonly known: readonly string[]
}

const shared = ['log_level', 'runtime_security_config', 'compliance_config', 'telemetry', 'internal_profiling']

export const companions: readonly Companion[] = [
  {
    key: 'systemProbe',
    title: 'system-probe',
    file: 'etc/datadog-agent/system-probe.yaml',
    unit: 'datadog-agent-sysprobe.service',
    known: [
      ...shared,
      'system_probe_config',
      'network_config',
      'service_monitoring_config',
      'event_monitoring_config',
      'gpu_monitoring',
      'discovery',
      'dynamic_instrumentation',
      'ebpf_check',
      'ccm_network_config',
      'ping',
      'traceroute',
      'privileged_logs',
      'windows_crash_detection',
    ],
  },
  {
    key: 'security',
    title: 'security-agent',
    file: 'etc/datadog-agent/security-agent.yaml',
    unit: 'datadog-agent-security.service',
    known: [...shared, 'security_agent'],
  },
]

const nameProblems = ({ key, title, known }: Companion, settings: object, source: Source): Problem[] =>
  Object.keys(settings).flatMap((name) => {
    const near = known.find((one) => one !== name && distance(name.toLowerCase(), one) <= 2)
    const place = settingOfVariable(name)
    const next = name.includes('.')
      ? `write nested maps: ${name.split('.').join(': { ')}: … }`
      : place !== undefined
        ? `write ${place}`
        : near === undefined
          ? undefined
          : `did you mean "${near}"?`
    if (known.includes(name) || next === undefined) return []
    return [
      {
        offset: keyOffset(source, ['agent', key, name]),
        message: `agent.${key}: unknown setting "${name}"`,
        expected: `a setting of ${title}, such as ${known.slice(0, 5).join(', ')}`,
        found: name,
        next,
      },
    ]
  })

/** The companions that a box file turns on, and what is wrong with their settings. */
export const companionsOf = (
  agent: BoxFile['agent'],
  source: Source,
): { readonly companions: Readonly<Partial<Record<Companion['key'], Settings>>>; readonly problems: Problem[] } => {
  const given = companions.flatMap((companion) => {
    const settings = agent[companion.key]
    return settings === undefined ? [] : [{ companion, settings }]
  })
  return {
    companions: Object.fromEntries(given.map(({ companion, settings }) => [companion.key, settings as Settings])),
    problems: given.flatMap(({ companion, settings }) => [
      ...(agent.repository === 'lab'
        ? [
            {
              offset: valueOffset(source, ['agent', companion.key]),
              message: `the lab Agent has no ${companion.title}`,
              expected: `no ${companion.key} with repository: lab`,
              found: foundAt(source, ['agent', companion.key]),
              next: 'remove it, or take the Agent from a real repository',
            },
          ]
        : []),
      ...nameProblems(companion, settings, source),
      ...valueProblems(settings, source, ['agent', companion.key]),
    ]),
  }
}
