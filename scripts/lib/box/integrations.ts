// Integrations of a box file, resolved.

import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import names from './agent-integrations.json' with { type: 'json' }
import type { Integration } from './box.ts'
import { type CheckDefinition, readDefinition } from './definition.ts'
import { foldersOf, ownFolder } from './folders.ts'
import { nearest } from './nearest.ts'
import { resolveOptions } from './options.ts'
import type { Problem } from './problems.ts'
import { displayPath } from './read.ts'
import type { BoxFile } from './schema.ts'
import { foundAt, keyOffset, type Source } from './source.ts'

type Entries = NonNullable<BoxFile['integrations']>
type Entry = Exclude<Entries[string], false | null>

/** The Agent's own interval of an instance, in seconds. */
const defaultInterval = 15

const shipped: readonly string[] = [...names.shipped, ...names.core]

/** What has the name already: two configurations of one check would both run, or one would hide the other. */
export interface Taken {
  readonly checks: readonly string[]
  readonly database: string | null
}

const takenBy = (name: string, { checks, database }: Taken): string | undefined => {
  if (name === database) return 'the integration of the box’s database'
  return checks.includes(name) ? 'a custom check of this box' : undefined
}

const problem = (source: Source, name: string, words: Omit<Problem, 'offset'>): Problem => ({
  offset: keyOffset(source, ['integrations', name]),
  found: name,
  ...words,
})

/** Why a name can't be configured; undefined if it can. */
const nameProblem = (
  name: string,
  isFolder: boolean,
  taken: Taken,
  own: string,
  source: Source,
): Problem | undefined => {
  const owner = takenBy(name, taken)
  if (owner !== undefined)
    return problem(source, name, {
      message: `the integration "${name}" is configured twice`,
      expected: 'each name once',
      found: `${name}, which is also ${owner}`,
      next: 'remove one of the two',
    })
  if (names.jmx.includes(name))
    return problem(source, name, {
      message: `the suite can't judge ${name}: the Agent runs it in JMXFetch`,
      expected: 'an integration whose check runs in the Agent',
      next: `write conf.d/${name}.d/conf.yaml in a layer of your own; it is not verified there`,
    })
  if (isFolder || shipped.includes(name)) return undefined
  if (names.community.includes(name))
    return problem(source, name, {
      message: `the Agent does not ship ${name}: it is a community integration`,
      expected: 'an integration that the Agent ships',
      next: `remove it, or write a check of your own in checks/`,
    })
  const best = nearest(name, shipped)
  return problem(source, name, {
    message: `no integration named "${name}"`,
    expected: `an integration that Agent 7 ships, or a folder ${own}${name}/`,
    next:
      best === undefined
        ? `correct the name; if your Agent does ship it, add a folder ${own}${name}/ with check.yaml and conf.yaml.hbs`
        : `did you mean "${best}"?`,
  })
}

const offProblem = (name: string, source: Source): Problem | undefined => {
  if (names.defaults.includes(name)) return undefined
  const best = nearest(name, names.defaults)
  return problem(source, name, {
    message: shipped.includes(name) ? `${name} is not on by default` : `no integration named "${name}"`,
    expected: `one of ${names.defaults.join(', ')}`,
    next: best === undefined || best === name ? 'remove it' : `did you mean "${best}"?`,
  })
}

/** The interval of the instances that have none of their own; if each has one, that of the first. */
const intervalOf = ({ interval, config }: Entry): number => {
  const own = (config?.instances ?? []).map((one) => one.min_collection_interval)
  return interval ?? (own.includes(undefined) ? undefined : own[0]) ?? defaultInterval
}

/** The definition that a folder would have in its check.yaml. */
const inlineDefinition = (name: string, entry: Entry): CheckDefinition => ({
  title: name,
  interval: intervalOf(entry),
  options: {},
  rules: [],
  expect: entry.expect ?? { metrics: [], rates: [], serviceChecks: [], tags: [], warnings: 'none', ranges: {} },
})

const logsProblem = (name: string, source: Source): Problem => ({
  offset: keyOffset(source, ['integrations', name, 'config', 'logs']),
  message: 'the Agent collects no logs in this box',
  expected: 'no logs, or agent.logs: true',
  found: foundAt(source, ['integrations', name, 'config', 'logs']),
  next: 'remove logs, or set agent.logs to true',
})

/**
 * Resolves the integrations of a box file: inline ones, those of folders, and those that are switched off.
 *
 * @param logs whether the Agent collects logs.
 */
export const integrationsOf = (
  entries: Entries,
  { taken, logs }: { readonly taken: Taken; readonly logs: boolean },
  source: Source,
  file: string,
  project: Project,
): { readonly integrations: readonly Integration[]; readonly off: readonly string[]; readonly problems: Problem[] } => {
  const folders = foldersOf('integration', file, project)
  const own = `${displayPath(ownFolder('integration', file), project)}/`
  const problems: Problem[] = []
  const integrations: Integration[] = []
  const off: string[] = []
  for (const [name, given] of Object.entries(entries)) {
    const folder = folders.get(name)
    const wrong =
      given === false ? offProblem(name, source) : nameProblem(name, folder !== undefined, taken, own, source)
    if (wrong !== undefined) {
      problems.push(wrong)
      continue
    }
    if (given === false) {
      off.push(name)
      continue
    }
    const { tags = [], config, options: chosen } = given ?? {}
    if (given !== null && config !== undefined) {
      if (config.logs !== undefined && !logs) problems.push(logsProblem(name, source))
      const definition = inlineDefinition(name, given)
      integrations.push({ name, folder: null, config, definition, interval: definition.interval, tags, options: {} })
      continue
    }
    if (folder === undefined) {
      problems.push(
        problem(source, name, {
          message: `the integration "${name}" has no configuration`,
          expected: `config, or a folder ${own}${name}/ with check.yaml and conf.yaml.hbs`,
          next: `add config: { instances: [{}] } with the options of the integration’s conf.yaml.example`,
        }),
      )
      continue
    }
    const { definition } = readDefinition(join(folder, 'check.yaml'), project)
    const resolved = resolveOptions(definition, chosen ?? {}, source, ['integrations', name])
    problems.push(...resolved.problems)
    const interval = given?.interval ?? definition.interval
    integrations.push({ name, folder, config: null, definition, interval, tags, options: resolved.options })
  }
  return { integrations, off, problems }
}
