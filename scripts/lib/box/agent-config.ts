// Rejects settings of agent.config that belong elsewhere in the box file, are misspelt, or hold the wrong kind of value.

import { isSettings } from './agent.ts'
import { settingKind, settingMeant, settingOfVariable } from './agent-settings.ts'
import type { Problem } from './problems.ts'
import { isHandle, valueProblems } from './setting-values.ts'
import { foundAt, keyOffset, type Path, type Source, valueOffset } from './source.ts'

const firstBoot = 'each instance gets its own at first boot (guide/keys.md)'
const fixed = 'boxhound’s own files, and its verification, rely on the default'

/** Settings that agent.config can't give, and what to do instead. */
const elsewhere: Readonly<Record<string, { readonly where: string; readonly next: string }>> = {
  api_key: {
    where: 'agent.secrets, or DD_API_KEY at first boot',
    next: `remove it: ${firstBoot}, or resolves it by agent.secrets`,
  },
  site: { where: 'agent.site', next: 'move it to agent.site' },
  tags: { where: 'agent.tags', next: 'move it to agent.tags' },
  logs_enabled: { where: 'agent.logs', next: 'move it to agent.logs' },
  log_enabled: { where: 'agent.logs', next: 'move it to agent.logs' },
  hostname: {
    where: 'DD_HOSTNAME at first boot',
    next: `remove it: every clone would report as one host; ${firstBoot}`,
  },
  secret_backend_type: { where: 'agent.secrets.backend', next: 'move it to agent.secrets: { backend: … }' },
  secret_backend_config: { where: 'agent.secrets.config', next: 'move it to agent.secrets: { config: … }' },
  secret_backend_command: { where: 'agent.secrets.command', next: 'move it to agent.secrets: { command: … }' },
  secret_backend_arguments: { where: 'agent.secrets.arguments', next: 'move it to agent.secrets: { arguments: … }' },
  secret_backend_timeout: { where: 'agent.secrets.timeout', next: 'move it to agent.secrets: { timeout: … }' },
  confd_path: { where: 'nowhere', next: `remove it: ${fixed}` },
  additional_checksd: { where: 'nowhere', next: `remove it: ${fixed}` },
  conf_path: { where: 'nowhere', next: `remove it: ${fixed}` },
  run_path: { where: 'nowhere', next: `remove it: ${fixed}` },
  auth_token_file_path: { where: 'nowhere', next: `remove it: ${fixed}` },
  ipc_cert_file_path: { where: 'nowhere', next: `remove it: ${fixed}` },
  cmd_port: { where: 'nowhere', next: `remove it: ${fixed}` },
  cmd_host: { where: 'nowhere', next: `remove it: ${fixed}` },
}

/** Keys of `agent` itself that are no settings of the Agent. */
const ownKeys = ['version', 'logs', 'repository', 'config', 'secrets', 'groups', 'after', 'flavor']

const nameProblem = (
  name: string,
  at: { readonly offset: number },
  what: string,
  expected: string,
  next: string,
): Problem => ({
  ...at,
  message: `agent.config: ${what} "${name}"`,
  expected,
  found: name,
  next,
})

const ofName = (name: string, source: Source, path: Path): Problem[] => {
  const at = { offset: keyOffset(source, path) }
  const other = elsewhere[name]
  if (other !== undefined && Object.hasOwn(elsewhere, name))
    return [nameProblem(name, at, 'not the place for', other.where, other.next)]
  if (ownKeys.includes(name))
    return [nameProblem(name, at, 'not the place for', `agent.${name}`, `move it to agent.${name}`)]
  if (settingKind(name) !== undefined) return []
  if (/^dd_/i.test(name)) {
    const place = settingOfVariable(name)
    const next = place === undefined ? 'write the setting’s own name, such as log_level' : `write ${place}`
    return [nameProblem(name, at, 'an environment variable', 'a setting of datadog.yaml', next)]
  }
  if (name.includes('.')) {
    const parts = name.split('.')
    const nested = parts.reduceRight((inner, part) => (inner === '' ? `${part}: …` : `${part}: { ${inner} }`), '')
    return [nameProblem(name, at, 'a dotted name', 'nested maps', `write ${nested}`)]
  }
  const meant = settingMeant(name)
  if (meant !== undefined)
    return [nameProblem(name, at, 'unknown setting', 'a setting of the Agent', `did you mean "${meant}"?`)]
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
    return [nameProblem(name, at, 'not the name of a setting:', 'a name of letters, digits and _', 'rename it')]
  return []
}

const isNumeric = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^[-+]?\d+(?:\.\d+)?$/.test(value))

const expectations = {
  flag: { fits: (value: unknown) => typeof value === 'boolean', expected: 'true or false' },
  number: { fits: isNumeric, expected: 'a number' },
  text: { fits: (value: unknown) => typeof value === 'string' || typeof value === 'number', expected: 'text' },
  list: { fits: (value: unknown) => Array.isArray(value) || typeof value === 'string', expected: 'a list' },
  map: { fits: isSettings, expected: 'a map of keys and values' },
} as const

const hint = (value: unknown, kind: keyof typeof expectations): string => {
  if (isHandle(value)) return 'write the value: the Agent resolves ENC[handle] to text only'
  if (kind === 'flag' && typeof value === 'string' && /^(?:true|yes|on|1)$/i.test(value))
    return 'write true, without quotes'
  if (kind === 'flag' && typeof value === 'string' && /^(?:false|no|off|0)$/i.test(value))
    return 'write false, without quotes'
  if (kind === 'text' && typeof value === 'boolean') return `quote it: "${value}"`
  if (kind === 'list') return 'write a list: [one, two]'
  return kind === 'map' ? 'write a map: { key: value }' : 'change it to the expected value'
}

const ofKind = (name: string, value: unknown, source: Source, path: Path): Problem[] => {
  const kind = settingKind(name)
  if (kind === undefined || value === null) return []
  const { fits, expected } = expectations[kind]
  // Text may be resolved from a secret store, and a list's items may; a number or a flag may not.
  if (fits(value)) return []
  return [
    {
      offset: valueOffset(source, path),
      message: `agent.config.${name} is not valid`,
      expected,
      found: foundAt(source, path),
      next: hint(value, kind),
    },
  ]
}

/** What is wrong with agent.config. */
export const configProblems = (config: Readonly<Record<string, unknown>>, source: Source): Problem[] => {
  const base = ['agent', 'config']
  const named = Object.keys(config).flatMap((name) => ofName(name, source, [...base, name]))
  const misplaced = new Set(named.map(({ found }) => found))
  const rest = Object.fromEntries(Object.entries(config).filter(([name]) => !misplaced.has(name)))
  const values = valueProblems(rest, source, base)
  const kinds = Object.entries(rest).flatMap(([name, value]) => ofKind(name, value, source, [...base, name]))
  return [...named, ...values, ...kinds]
}

/** Settings that are passed on as they are because nobody here knows them. */
export const unknownSettings = (config: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(config).filter((name) => settingKind(name) === undefined)
