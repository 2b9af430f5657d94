// The version of boxhound that a box file asks for.

import semver from 'semver'
import * as z from 'zod'
import { boxhoundVersion } from '../_helpers/version.ts'
import type { Problem } from './problems.ts'
import { foundAt, type Source, valueOffset } from './source.ts'

const expected = 'a range of versions of boxhound in quotes such as ">=0.1.0" or "^0.1.0"'

/** The key `boxhound`: a range as npm knows it. An empty one would say nothing. */
export const boxhoundRange = z
  .string(expected)
  .refine((value) => value.trim() !== '' && semver.validRange(value) !== null, expected)
  .optional()
  .meta({
    description: 'Versions of boxhound that may bake this box, a range as in package.json',
    examples: ['>=0.1.0', '^0.1.0'],
  })

/** A version of boxhound that the box file doesn't want. A prerelease counts as what it leads to. */
export const requirementProblems = (
  range: string | undefined,
  source: Source,
  version: string = boxhoundVersion,
): readonly Problem[] =>
  range === undefined || semver.satisfies(version, range, { includePrerelease: true })
    ? []
    : [
        {
          offset: valueOffset(source, ['boxhound']),
          message: `the box needs another version of boxhound: this is ${version}`,
          expected: `boxhound ${range}`,
          found: `${foundAt(source, ['boxhound'])}, with boxhound ${version}`,
          next: `install one that fits: npm install --save-dev "boxhound@${range}"; or change the range`,
        },
      ]
