// Names of time zones.

import { nearest } from './nearest.ts'

/** Whether a name is an IANA time zone, ignoring case. */
export const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

let known: ReadonlyMap<string, string> | undefined

/** The names that Node lists, by lower-case name; computed once, since it is slow. */
const knownZones = (): ReadonlyMap<string, string> => {
  known ??= new Map(['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]))
  return known
}

/**
 * Whether the name of a time zone has IANA's spelling: Node ignores case, an account may not. Accepts old names that link to others, but not a
 * bare offset such as `+02:00`, which doesn't follow daylight saving time.
 */
export const isSpeltZone = (name: string): boolean => {
  const spelt = name.split('/').every((part) => /^[A-Z][A-Za-z0-9_+-]*$/.test(part))
  // A listed name must be spelt as listed; old names are valid although not listed.
  return spelt && isZone(name) && (knownZones().get(name.toLowerCase()) ?? name) === name
}

/** The known name that was probably meant: the same except for case, the same city, or the nearest by spelling. */
export const meantZone = (name: string): string | undefined => {
  const wanted = name.toLowerCase().replaceAll(' ', '_')
  const names = [...knownZones().values()]
  return (
    knownZones().get(wanted) ?? names.find((zone) => zone.toLowerCase().endsWith(`/${wanted}`)) ?? nearest(name, names)
  )
}
