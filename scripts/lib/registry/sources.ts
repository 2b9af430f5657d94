// Registries that a bake pulls from.

import { dirname } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import { parseRepository, type Repository, repositoryExpectation } from '../box/repository.ts'
import type { WorkFolder } from '../cache/leftovers.ts'
import type { LayerRecord } from '../cache/store.ts'
import { type Deadlines, networkOf, usualDeadlines } from '../fetch/network.ts'
import type { Patience } from '../fetch/retry.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import type { PullProgress } from './pull.ts'

/** Variables that override the box file's registries, for a CI fleet whose box files have none. */
export const fromVariable = 'BOXHOUND_CACHE_FROM'
export const plainVariable = 'BOXHOUND_CACHE_PLAIN_HTTP'

/** The registries to pull from, and whether to use plain HTTP. */
export interface Sources {
  readonly repositories: readonly Repository[]
  readonly plainHttp: boolean
}

const sourceError = (variable: string, expected: string, found: string): BoxhoundError =>
  new BoxhoundError('E_CACHE_FROM', `${variable} cannot be read`, {
    expected,
    found,
    exitCode: 2,
    next: `fix ${variable} in the environment`,
  })

/**
 * Where a bake pulls from: BOXHOUND_CACHE_FROM, repositories separated by blanks or commas, or else the box file. An
 * empty value turns off the box file's.
 *
 * @throws BoxhoundError E_CACHE_FROM (exit code 2), which does not repeat the value, since it may contain a password.
 */
export const sourcesOf = ({ cache }: Pick<Box, 'cache'>, environment: NodeJS.ProcessEnv = process.env): Sources => {
  const { [fromVariable]: from, [plainVariable]: plain = '' } = environment
  if (!['', '0', '1'].includes(plain)) throw sourceError(plainVariable, '1, 0 or nothing', 'something else')
  const names = from === undefined ? (cache?.from ?? []) : from.split(/[\s,]+/).filter(Boolean)
  const repositories = names.map((name, index) => {
    const parsed = parseRepository(name)
    if (typeof parsed === 'string') throw sourceError(fromVariable, parsed, `an invalid entry at position ${index + 1}`)
    return parsed
  })
  return { repositories, plainHttp: plain === '1' || (from === undefined && cache?.plainHttp === true) }
}

/** Parses REGISTRY/REPO from a command line. @throws BoxhoundError E_USAGE (exit code 2). */
export const repositoryArgument = (text: string | undefined): Repository => {
  const parsed = text === undefined ? repositoryExpectation : parseRepository(text)
  if (typeof parsed !== 'string') return parsed
  throw new BoxhoundError('E_USAGE', text === undefined ? 'no repository given' : 'not a repository', {
    expected: parsed,
    found: text === undefined ? 'nothing' : text.includes('@') ? '…@…' : text,
    next: 'npm run cache -- --help',
    exitCode: 2,
  })
}

/** Less patient than the verbs push and pull, because a bake can build what it does not get. */
const brief: Patience = { tries: 3, pause: (failed) => 500 * failed }
const soon: Deadlines = { ...usualDeadlines, connect: 5000 }

/** The layers below the first one that is neither stored nor pulled. */
interface Wanted {
  /** The plan's layers, bottom up. */
  readonly layers: readonly PlannedLayer[]
  /** The stored ones among them, starting from the first. */
  readonly stored: readonly LayerRecord[]
}

/**
 * Pulls a plan's layers from registries if they are not stored here. A problem with a registry is only reported, in one
 * line, since whatever was not pulled is built.
 *
 * @returns records of the pulled layers, bottom up; they continue the stored ones without a gap.
 * @throws BoxhoundError E_CACHE_FROM, E_PLAIN_HTTP, E_PROXY: invalid settings (exit code 2).
 */
export const pullMissing = async (
  { layers, stored }: Wanted,
  {
    box,
    progress,
    note,
  }: { readonly box: Box; readonly progress: PullProgress; readonly note: (line: string) => void },
  work: WorkFolder,
  project: Project,
): Promise<LayerRecord[]> => {
  const { repositories, plainHttp } = sourcesOf(box)
  const missing = layers.slice(stored.length)
  if (repositories.length === 0 || missing.length === 0) return []
  // Loaded only here, so that a bake with nothing to pull doesn't pay for it.
  const { openRegistry } = await import('./registry.ts')
  const { pulledText, pullLayers } = await import('./pull.ts')
  const network = networkOf(box.mirrors, process.env, dirname(box.file))
  const registries = repositories.map((repository) =>
    openRegistry(repository, { network, plainHttp, actions: 'pull', deadlines: soon }),
  )
  const options = { patience: brief, progress, tell: note }
  return withCleanup(
    async () => {
      for (const registry of registries) await registry.close()
    },
    async () => {
      const pulled = await pullLayers(missing, stored.at(-1), registries, options, work, project)
      if (pulled.length > 0) note(pulledText(pulled))
      return pulled.map(({ record }) => record)
    },
  )
}
