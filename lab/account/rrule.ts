import { DateTime } from 'luxon'
import { repeated } from '../../scripts/lib/_helpers/lists.ts'

/** Weekdays as luxon numbers them: Monday is 1. */
const days: Readonly<Record<string, number>> = { MO: 1, TU: 2, WE: 3, TH: 4, FR: 5, SA: 6, SU: 7 }
const dayNames = Object.keys(days).join(', ')
const frequencies = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']
const durations = ['DTSTART', 'DTEND', 'DURATION']

/**
 * Parts that are lists of whole numbers: minimum, maximum, and whether negative numbers count from the end (RFC 5545,
 * 3.3.10).
 */
const lists = new Map<string, readonly [least: number, most: number, signed: boolean]>([
  ['BYMINUTE', [0, 59, false]],
  ['BYHOUR', [0, 23, false]],
  ['BYMONTHDAY', [1, 31, true]],
  ['BYYEARDAY', [1, 366, true]],
  ['BYWEEKNO', [1, 53, true]],
  ['BYMONTH', [1, 12, false]],
  ['BYSETPOS', [1, 366, true]],
])

type Parts = ReadonlyMap<string, string>

const splitParts = (rrule: string): [name: string, value: string][] =>
  rrule.split(';').map((part) => {
    const [name = '', ...value] = part.split('=')
    return [name, value.join('=')]
  })

/** Splits `FREQ=WEEKLY;BYDAY=MO,TU` into a map. */
export const partsOf = (rrule: string): Parts => new Map(splitParts(rrule))

/** The days of BYDAY as luxon numbers them. */
export const weekdaysOf = (parts: Parts): number[] =>
  (parts.get('BYDAY') ?? '').split(',').flatMap((day) => days[day.replace(/^[+-]?\d+/, '')] ?? [])

/** UNTIL, the last instant at which an occurrence may begin: in the zone's wall-clock time, or with a Z in UTC. */
export const untilOf = (text: string, zone: string): DateTime | undefined => {
  // RFC 5545: a value of the same type as the start, which has a time.
  if (!/^\d{8}T\d{6}Z?$/.test(text)) return undefined
  const time = DateTime.fromISO(text, { zone })
  return time.isValid ? time : undefined
}

const isWithin = (text: string, [least, most, signed]: readonly [number, number, boolean]): boolean => {
  if (!(signed ? /^[+-]?\d+$/ : /^\d+$/).test(text)) return false
  const size = Math.abs(Number(text))
  return size >= least && size <= most
}

const isNumber = (text: string): boolean => /^[1-9]\d*$/.test(text)
const isDay = (text: string): boolean => /^(?:[+-]?[1-9]\d?)?(?:MO|TU|WE|TH|FR|SA|SU)$/.test(text)

const valueProblem = (name: string, value: string): string | undefined => {
  const range = lists.get(name)
  if (range !== undefined) {
    const expected = `${range[2] ? '±' : ''}${range[0]} to ${range[1]}`
    return value.split(',').every((one) => isWithin(one, range)) ? undefined : `is no list of numbers ${expected}`
  }
  if (name === 'BYDAY') return value.split(',').every(isDay) ? undefined : `is no list of ${dayNames}`
  if (name === 'WKST') return Object.hasOwn(days, value) ? undefined : `is none of ${dayNames}`
  if (name === 'UNTIL') return untilOf(value, 'UTC') === undefined ? 'is no time as in 20261231T190000Z' : undefined
  return isNumber(value) ? undefined : 'is no whole number from 1'
}

const partProblems = ([name, value]: readonly [string, string]): string[] => {
  if (name === 'FREQ') return []
  if (durations.includes(name)) return [`rrule: ${name} is not supported`]
  if (!lists.has(name) && !['INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'WKST'].includes(name))
    return [`rrule: unknown part ${name}`]
  const wrong = valueProblem(name, value)
  return wrong === undefined ? [] : [`rrule: ${name}=${value} ${wrong}`]
}

/**
 * Problems with a rule by RFC 5545 (3.3.10) and by the API's documentation, which accepts no start or duration in a
 * rule.
 */
export const ruleProblems = (rrule: string): string[] => {
  const all = splitParts(rrule)
  const names = all.map(([name]) => name)
  const frequency = partsOf(rrule).get('FREQ') ?? ''
  return [
    ...(frequencies.includes(frequency) ? [] : [`rrule: expected FREQ=${frequencies.join('|')}, found ${rrule}`]),
    ...repeated(names).map((name) => `rrule: ${name} stands there twice`),
    ...(names.includes('COUNT') && names.includes('UNTIL') ? ['rrule: either COUNT or UNTIL, not both'] : []),
    ...all.flatMap(partProblems),
  ]
}
