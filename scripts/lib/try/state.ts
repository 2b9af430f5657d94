// State of the container.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomic } from '../_helpers/atomic.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { Plan, PlannedLayer } from '../plan/planned-layer.ts'
import type { Rendered } from '../render/rendered-box.ts'
import { expectId, testId } from '../verify/ids.ts'

/**
 * What the container of `try` was built from and has received since, so that the next attempt knows what has changed.
 */
const stateSchema = z.object({
  /** Name and id of each layer below the checks, bottom up; then name and content of those above them. */
  below: z.array(z.tuple([z.string(), z.string()])),
  /** The parts of the checks' layer that can't change in a running machine: packages, wheels, units, scripts. */
  fixed: z.string(),
  /** Guest paths of the checks' files, each with a digest of content and mode. */
  files: z.record(z.string(), z.string()),
  /** A digest of each check's expectations. */
  expectations: z.record(z.string(), z.string()),
  /** Ids of the last attempt, to run again if nothing has changed. */
  ids: z.array(z.string()),
})
export type TryState = z.infer<typeof stateSchema>

const stateFile = (folder: string): string => join(folder, 'try.json')

/** Null if this folder's machine was not started by `try`, or by another version of it. */
export const readTryState = async (folder: string): Promise<TryState | null> => {
  const text = await readFile(stateFile(folder), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return stateSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

export const writeTryState = (folder: string, state: TryState): Promise<void> =>
  writeAtomic(stateFile(folder), `${JSON.stringify(state)}\n`, 0o600)

const digest = (value: unknown): string => sha256(JSON.stringify(value))

const expectationsOf = ({ expectations: { checks, expect = [], tests = [] } }: Rendered): Record<string, string> =>
  Object.fromEntries([
    ...checks.map((check) => [check.name, digest(check)]),
    ...expect.map((assertion) => [expectId(assertion.name), digest(assertion)]),
    ...tests.flatMap(({ file, names, code }) => names.map((name) => [testId(file, name), digest(code)])),
  ])

/** Layers of the user's above the checks, without their ids, which change with every edit of a check. */
const aboveOf = (layers: readonly PlannedLayer[]): [string, string][] =>
  layers
    .filter(({ rendered }) => rendered?.own?.after === 'checks')
    .map(({ name, rendered }) => {
      const trees = [rendered?.files, rendered?.scripts, rendered?.data]
      const rows = trees.map((tree = []) => tree.map(({ path, mode, content }) => [path, mode, sha256(content)]))
      return [name, digest([rendered?.spec, rows])]
    })

/** The content of a machine with all of this plan's layers except the seal. */
export const stateOf = (plan: Plan, ids: readonly string[]): TryState => {
  const at = plan.layers.findIndex(({ name }) => name === 'checks')
  const checks = plan.layers[at]?.rendered
  const { owners: _, ...fixed } = checks?.spec ?? { owners: [] }
  return {
    below: [...plan.layers.slice(0, at).map(({ name, id }): [string, string] => [name, id]), ...aboveOf(plan.layers)],
    fixed: digest([fixed, checks?.scripts.map(({ path, content }) => [path, sha256(content)])]),
    files: Object.fromEntries(
      (checks?.files ?? []).map(({ path, mode, content }) => [path, digest([mode, sha256(content)])]),
    ),
    expectations: expectationsOf(plan.rendered),
    ids: [...ids],
  }
}
