// Selects the checks of a run.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Expectations } from '../render/rendered-box.ts'
import { allChecks, type PlannedCheck } from './ids.ts'

/** All check ids for a box with these expectations. */
export const allIds = (expectations: Expectations): string[] => allChecks(expectations).map(({ id }) => id)

/**
 * The checks to run.
 *
 * @param only ids of the caller; empty means all.
 * @throws E_UNKNOWN_CHECK (exit code 2) for an id that this box doesn't have.
 */
export const planChecks = (expectations: Expectations, only: readonly string[]): PlannedCheck[] => {
  const all = allChecks(expectations)
  const unknown = only.find((wanted) => !all.some(({ id }) => id === wanted))
  if (unknown !== undefined) {
    throw new BoxhoundError('E_UNKNOWN_CHECK', `${expectations.box} has no check "${unknown}"`, {
      expected: `one of ${all.map(({ id }) => id).join(', ')}`,
      found: unknown,
      exitCode: 2,
    })
  }
  return only.length === 0 ? all : all.filter(({ id }) => only.includes(id))
}
