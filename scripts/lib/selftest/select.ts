// Selects stages by name, or for a quick run.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Stage } from './stages.ts'

/**
 * The stages of a run.
 *
 * @param only names; a stage named so runs whichever part it belongs to.
 * @throws BoxhoundError E_USAGE on a name that is no stage's.
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

/** Stages that a quick run leaves to the full one. */
export const leftOut = (stages: readonly Stage[]): readonly string[] =>
  stages.filter(({ part }) => part === 'full').map(({ name }) => name)
