import { IANAZone } from 'luxon'
import { BoxhoundError } from '../../_helpers/errors.ts'
import { nearest } from '../../box/nearest.ts'

let known: ReadonlyMap<string, string> | undefined

/** The names that Node lists, by their lower case; asked for once, as it takes a while. */
const knownZones = (): ReadonlyMap<string, string> => {
  known ??= new Map(['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]))
  return known
}

/** The known name that was probably meant: the same but for case, the same city, or the nearest by spelling. */
const meant = (name: string): string | undefined => {
  const wanted = name.toLowerCase().replaceAll(' ', '_')
  const names = [...knownZones().values()]
  return (
    knownZones().get(wanted) ?? names.find((zone) => zone.toLowerCase().endsWith(`/${wanted}`)) ?? nearest(name, names)
  )
}

/**
 * Demands a name of the IANA time zone database, spelt as it is there: Node takes any case, an account may not. `UTC` is one; old
 * names that are links to others are, too. A bare offset such as `+02:00` is none: it would not follow the clock.
 *
 * @throws BoxhoundError E_TIMEZONE with the nearest known name.
 */
export const assertZone = (name: string): void => {
  const spelt = name.split('/').every((part) => /^[A-Z][A-Za-z0-9_+-]*$/.test(part))
  // A listed name is right as it is listed; old names are valid though they are not listed.
  if (spelt && IANAZone.isValidZone(name) && (knownZones().get(name.toLowerCase()) ?? name) === name) return
  const near = meant(name)
  throw new BoxhoundError('E_TIMEZONE', 'this is no time zone', {
    expected: 'a name of the IANA time zone database, such as Europe/Paris or UTC',
    found: name === '' ? 'nothing' : JSON.stringify(name.slice(0, 80)),
    next:
      near === undefined
        ? 'look the name up under "TZ identifier" in the list of tz database zones'
        : `did you mean ${near}?`,
    exitCode: 2,
  })
}
