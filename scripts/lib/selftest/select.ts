// Selects stages by name, or for a quick run.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Stage } from './stages.ts'

/**
 * The stages of a run.
 *
 * @param only names of stages, which run whichever part they belong to.
 * @throws BoxhoundError E_USAGE for an unknown name.
 */
export const selectStages = (
  stages: readonly Stage[],
  { only, quick }: { readonly only: readonly string[] | undefined; readonly quick: boolean },
): readonly Stage[] => {
  if (only === undefined) return stages.filter(({ part }) => part === 'both' || part === (quick ? 'quick' : 'full'))
  const unknown = only.find((name) => !stages.some((stage) => stage.name === name))
  if (unknown !== undefined)
    throw new BoxhoundError('E_USAGE', `there is no stage "${unknown}"`, {
      exitCode: 2,
      expected: stages.map(({ name }) => name).join(', '),
    })
  return stages.filter(({ name }) => only.includes(name))
}

/** Stages that only a full run has. */
export const leftOut = (stages: readonly Stage[]): readonly string[] =>
  stages.filter(({ part }) => part === 'full').map(({ name }) => name)
