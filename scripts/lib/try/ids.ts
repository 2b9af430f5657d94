// Selects the checks that a change affects.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Expectations } from '../render/rendered-box.ts'
import { isOfUser } from '../verify/ids.ts'
import { allIds } from '../verify/plan.ts'
import type { Difference } from './difference.ts'

/** Checks that need a sealed image and can't run on a draft's machine. */
const ofImage = (id: string): boolean => id.startsWith('image.')

/** The ids that can be judged on a draft's machine. */
export const tryableIds = (expectations: Expectations): string[] => allIds(expectations).filter((id) => !ofImage(id))

/** The ids that each layer affects; any other layer affects all. An assertion may watch anything. */
const prefixes: Readonly<Record<string, readonly string[]>> = {
  checks: ['check.', 'logs.', 'expect.'],
  packages: ['check.', 'expect.'],
  app: ['app.', 'check.', 'logs.', 'expect.'],
  database: ['database.', 'check.', 'app.', 'logs.', 'expect.'],
}

/**
 * The ids to run after a change.
 *
 * @param wished ids of the caller, which come first.
 * @param last ids of the last attempt, which run again if nothing has changed.
 * @throws E_UNKNOWN_CHECK (exit code 2) for an id that this box doesn't have or that needs a sealed image.
 */
export const idsFor = (
  change: Difference | { readonly kind: 'first' },
  expectations: Expectations,
  wished: readonly string[],
  last: readonly string[],
): string[] => {
  const all = tryableIds(expectations)
  const unknown = wished.find((id) => !all.includes(id))
  if (unknown !== undefined)
    throw new BoxhoundError(
      'E_UNKNOWN_CHECK',
      `"${unknown}" is not a check that can be tried with ${expectations.box}`,
      {
        expected: `one of ${all.join(', ')}`,
        found: ofImage(unknown) ? 'a check of the sealed image; use npm run verify' : unknown,
        exitCode: 2,
      },
    )
  if (wished.length > 0) return all.filter((id) => wished.includes(id))
  if (change.kind === 'first') return all
  if (change.kind === 'new') {
    const wanted = change.layers.flatMap((layer) => prefixes[layer] ?? [''])
    return all.filter((id) => wanted.length === 0 || wanted.some((prefix) => id.startsWith(prefix)))
  }
  const own = change.checks.flatMap((name) => (isOfUser(name) ? [name] : [`check.${name}`, `check.${name}.interval`]))
  const ids = all.filter((id) => own.includes(id))
  if (ids.length > 0) return ids
  const again = all.filter((id) => last.includes(id))
  return again.length > 0 ? again : all
}
