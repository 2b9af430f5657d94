// Assertions of a box: those of its file and of its layers, each name once.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Box } from '../box/box.ts'
import type { Assertion } from '../box/expected.ts'
import { familyOf } from '../systems/families.ts'
import type { RenderedLayer } from './rendered-box.ts'

/** How to ask for a package depends on the box's system. */
const asked = (assertion: Assertion, { installed: { command, held } }: ReturnType<typeof familyOf>): Assertion => {
  const { expected } = assertion
  if (expected.kind !== 'package') return assertion
  return { ...assertion, expected: { ...expected, query: { command: command(expected.package), held } } }
}

/**
 * All assertions about a box.
 *
 * @throws BoxhoundError E_EXPECT (exit code 2) for a name that two of them have, with both owners.
 */
export const assertionsOfBox = ({ expect = [], base }: Box, layers: readonly RenderedLayer[]): Assertion[] => {
  const all = [
    ...expect.map((one) => ({ one, by: 'the box file' })),
    ...layers.flatMap(({ name, expect: own = [] }) => own.map((one) => ({ one, by: `the layer ${name}` }))),
  ]
  for (const [index, { one, by }] of all.entries()) {
    const other = all.slice(0, index).find((earlier) => earlier.one.name === one.name)
    if (other !== undefined)
      throw new BoxhoundError('E_EXPECT', `two assertions are named "${one.name}"`, {
        exitCode: 2,
        expected: 'each name once: it becomes the id of a check',
        found: `${other.by} and ${by}`,
        next: 'rename one',
      })
  }
  const family = familyOf(base.system)
  return all.map(({ one }) => asked(one, family))
}
