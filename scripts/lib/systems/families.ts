// All families of distributions.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { System } from '../box/box.ts'
import { debian } from './debian.ts'
import type { Family } from './family.ts'

/** All supported families. To add one, add a file beside debian.ts. */
export const families: readonly Family[] = [debian]

/** @throws BoxhoundError E_SYSTEM (exit code 2) for a system without a family, which provision/systems.yaml must not list. */
export const familyOf = ({ id }: Pick<System, 'id'>): Family => {
  const family = families.find(({ ids }) => ids.includes(id))
  if (family !== undefined) return family
  throw new BoxhoundError('E_SYSTEM', `unsupported system "${id}"`, {
    file: 'provision/systems.yaml',
    expected: `id: one of ${families.flatMap(({ ids }) => ids).join(', ')}`,
    found: id,
    next: 'choose another base, or add its family to scripts/lib/systems/',
    exitCode: 2,
  })
}
