// Checks agent.secrets: where the Agent's key comes from.

import { lstatSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { kindOfFile } from '../_helpers/plain-file.ts'
import { isSettings, type SecretStore, type Settings } from './agent.ts'
import { nearest } from './nearest.ts'
import type { Problem } from './problems.ts'
import type { BoxFile } from './schema.ts'
import { type SecretBackend, secretBackends } from './secret-stores.ts'
import { isHandle, valueProblems } from './setting-values.ts'
import { foundAt, keyOffset, type Path, type Source, valueOffset } from './source.ts'

type Given = NonNullable<BoxFile['agent']['secrets']>

const base = ['agent', 'secrets']

const at = (source: Source, path: Path, rest: Omit<Problem, 'offset' | 'found'> & { found?: string }): Problem => ({
  offset: valueOffset(source, path),
  found: foundAt(source, path),
  ...rest,
})

/** The value under a dotted name. */
const under = (config: Settings, name: string): unknown =>
  name.split('.').reduce<unknown>((inner, part) => (isSettings(inner) ? inner[part] : undefined), config)

const ofConfig = (
  name: string,
  { required, known, paths = [] }: SecretBackend,
  config: Settings,
  source: Source,
): Problem[] => {
  const path = [...base, 'config']
  const missing = required.filter((one) => under(config, one) === undefined)
  const misspelt = Object.keys(config).flatMap((one) => {
    const best = known.includes(one) ? undefined : nearest(one, known)
    return best === undefined ? [] : [{ one, best }]
  })
  return [
    ...misspelt.map(({ one, best }) => ({
      offset: keyOffset(source, [...path, one]),
      message: `${name} knows no "${one}"`,
      expected: `one of ${known.join(', ')}`,
      found: one,
      next: `did you mean "${best}"?`,
    })),
    ...(misspelt.length > 0 ? [] : missing).map((one) =>
      at(source, path, {
        message: `agent.secrets.config lacks ${one}, which ${name} needs`,
        expected: `${one} in agent.secrets.config`,
        next: `add ${one}`,
      }),
    ),
    ...paths.flatMap((one) => {
      const value = config[one]
      if (value === undefined || (typeof value === 'string' && /^\/(?!.*(?:^|\/)\.\.(?:\/|$))./.test(value))) return []
      return [
        at(source, [...path, one], {
          message: `agent.secrets.config.${one} is not valid`,
          expected: 'an absolute path on the instance, without ..',
          next: 'write a path such as /run/datadog-secrets',
        }),
      ]
    }),
    ...valueProblems(config, source, path),
    ...handlesIn(config, source, path),
  ]
}

/** The Agent resolves no handle in the settings of its own secret backend. */
const handlesIn = (value: unknown, source: Source, path: Path): Problem[] => {
  if (isHandle(value))
    return [
      at(source, path, {
        message: 'a handle in the settings of the secret backend',
        expected: 'the value itself: the Agent resolves no handle here',
        next: 'let the backend log in as the machine (instance profile, managed identity)',
      }),
    ]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) =>
    handlesIn(item, source, [...path, Array.isArray(value) ? Number(name) : name]),
  )
}

const ofBackend = (
  { backend, config = {} }: Given,
  { version, flavor }: Pick<BoxFile['agent'], 'version'> & { flavor?: string | undefined },
  source: Source,
): Problem[] => {
  if (backend === undefined) return []
  const rules = secretBackends[backend]
  const since = flavor === 'fips' ? Math.max(76, rules.since) : rules.since
  const minor = Number(version.split('.')[1])
  return [
    ...(minor >= since
      ? []
      : [
          at(source, [...base, 'backend'], {
            message: `Agent ${version} has no backend ${backend}`,
            expected: `Agent 7.${since}.0 or newer${flavor === 'fips' ? ', since this is the FIPS Agent' : ''}`,
            found: version,
            next: 'raise agent.version, or give a command of your own: agent.secrets: { command: … }',
          }),
        ]),
    ...ofConfig(backend, rules, config as Settings, source),
  ]
}

const scriptProblem = (command: string, file: string, source: Source): Problem[] => {
  const found = lstatSync(file, { throwIfNoEntry: false })
  if (found?.isFile() && found.size > 0) return []
  return [
    at(source, [...base, 'command'], {
      message: `agent.secrets.command: no program at ${command}`,
      expected: 'the path of a script or program, relative to the box file',
      found: found === undefined ? 'nothing' : found.isFile() ? 'an empty file' : kindOfFile(found),
      next: 'create it, or correct the path; it is copied into the image',
    }),
  ]
}

/** Handles that a store answers by a file's name stay inside its folder. */
const handleProblem = ({ backend, handle }: Given, source: Source): Problem[] =>
  backend === 'file.text' && (isAbsolute(handle) || handle.split('/').includes('..'))
    ? [
        at(source, [...base, 'handle'], {
          message: 'agent.secrets.handle leads out of secrets_path',
          expected: 'the name of a file below secrets_path',
          next: 'write the name of the file',
        }),
      ]
    : []

/**
 * Where the Agent's key comes from.
 *
 * @param boxFile absolute path.
 */
export const secretStore = (
  agent: BoxFile['agent'],
  boxFile: string,
  source: Source,
): { readonly store: SecretStore | null; readonly problems: Problem[] } => {
  const given = agent.secrets
  if (given === undefined) return { store: null, problems: [] }
  const { backend, config = {}, command, timeout, handle } = given
  const words = given.arguments ?? []
  const file = command === undefined ? undefined : resolve(dirname(boxFile), command)
  return {
    store: {
      handle,
      backend: backend ?? null,
      config: config as Settings,
      command: file ?? null,
      arguments: words,
      timeout: timeout ?? null,
    },
    problems: [
      ...ofBackend(given, agent, source),
      ...(file === undefined || command === undefined ? [] : scriptProblem(command, file, source)),
      ...handleProblem(given, source),
      ...valueProblems({ arguments: words }, source, base),
    ],
  }
}
