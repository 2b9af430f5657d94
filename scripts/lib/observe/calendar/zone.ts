// Validates time zone names.

import { BoxhoundError } from '../../_helpers/errors.ts'
import { isSpeltZone, meantZone } from '../../box/zones.ts'

/**
 * Requires a name from the IANA time zone database, in its exact spelling. `UTC` is one.
 *
 * @throws BoxhoundError E_TIMEZONE with the nearest known name.
 */
export const assertZone = (name: string): void => {
  if (isSpeltZone(name)) return
  const near = meantZone(name)
  throw new BoxhoundError('E_TIMEZONE', 'not a time zone', {
    expected: 'a name from the IANA time zone database, such as Europe/Paris or UTC',
    found: name === '' ? 'nothing' : JSON.stringify(name.slice(0, 80)),
    next:
      near === undefined
        ? 'look the name up under "TZ identifier" in the list of tz database zones'
        : `did you mean ${near}?`,
    exitCode: 2,
  })
}
