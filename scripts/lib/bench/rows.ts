// All rows, and the selection for a run.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Row } from './measurement.ts'
import { checkEdit } from './row/check-edit.ts'
import { coldLoop } from './row/cold-loop.ts'
import { delta } from './row/delta.ts'
import { fleet } from './row/fleet.ts'
import { fromNothing } from './row/from-nothing.ts'
import { nativeLoop } from './row/native-loop.ts'
import { noChange } from './row/no-change.ts'
import { packageLayer } from './row/package-layer.ts'
import { vagrantBox } from './row/vagrant-box.ts'
import { verification } from './row/verification.ts'

/** All rows, in the order of their numbers. */
export const rows: readonly Row[] = [
  noChange,
  checkEdit,
  packageLayer,
  nativeLoop,
  coldLoop,
  fromNothing,
  vagrantBox,
  delta,
  verification,
  fleet,
]

/** Short enough to run on every push. */
const quickRows: readonly number[] = [1, 2, 4, 7]

/**
 * The rows that the caller names; without names, all of them, or with `quick` the short ones.
 *
 * @throws BoxhoundError E_USAGE (exit code 2) for an unknown row.
 */
export const chooseRows = (words: readonly string[], quick: boolean): Row[] => {
  const isCalled = ({ number, name }: Row, word: string): boolean => word === String(number) || word === name
  const unknown = words.find((word) => !rows.some((row) => isCalled(row, word)))
  if (unknown !== undefined)
    throw new BoxhoundError('E_USAGE', 'no such row', {
      exitCode: 2,
      expected: `rows: ${rows.map(({ number, name }) => (name === undefined ? number : `${number} (${name})`)).join(', ')}`,
      found: unknown,
      next: 'npm run bench -- --help',
    })
  if (words.length > 0) return rows.filter((row) => words.some((word) => isCalled(row, word)))
  return rows.filter(({ number }) => !quick || quickRows.includes(number))
}
