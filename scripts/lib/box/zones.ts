// Names of time zones.

import { nearest } from './nearest.ts'

/** Whether a name is one of a time zone, as the IANA has them, in any case. */
export const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

let known: ReadonlyMap<string, string> | undefined

/** The names that Node lists, by their lower case; asked for once, as it takes a while. */
const knownZones = (): ReadonlyMap<string, string> => {
  known ??= new Map(['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]))
  return known
}

/**
 * Whether a name of a time zone is spelt as the IANA has it: Node takes any case, an account may not. Old names that are links to others
 * are taken, a bare offset such as `+02:00` is not: it would not follow the clock.
 */
export const isSpeltZone = (name: string): boolean => {
  const spelt = name.split('/').every((part) => /^[A-Z][A-Za-z0-9_+-]*$/.test(part))
  // A listed name is right as it is listed; old names are valid though they are not listed.
  return spelt && isZone(name) && (knownZones().get(name.toLowerCase()) ?? name) === name
}

/** The known name that was probably meant: the same but for case, the same city, or the nearest by spelling. */
export const meantZone = (name: string): string | undefined => {
  const wanted = name.toLowerCase().replaceAll(' ', '_')
  const names = [...knownZones().values()]
  return (
    knownZones().get(wanted) ?? names.find((zone) => zone.toLowerCase().endsWith(`/${wanted}`)) ?? nearest(name, names)
  )
}
