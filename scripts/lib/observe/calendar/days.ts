// Days of the week, dates and times as text.

/** Days of the week in calendar order, Monday first as in ISO 8601. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

export type Weekday = (typeof weekdays)[number]

/** In milliseconds. */
export const minute = 60_000
export const day = 1440 * minute

const codes: Readonly<Record<Weekday, string>> = {
  monday: 'MO',
  tuesday: 'TU',
  wednesday: 'WE',
  thursday: 'TH',
  friday: 'FR',
  saturday: 'SA',
  sunday: 'SU',
}

/** The two letters of RFC 5545's BYDAY. */
export const codeOf = (weekday: Weekday): string => codes[weekday]

/** The weekday for two letters of BYDAY; undefined for anything else, such as `1MO`. */
export const weekdayOfCode = (code: string): Weekday | undefined => weekdays.find((name) => codes[name] === code)

/** The days in calendar order, without duplicates. */
export const inOrder = (days: readonly Weekday[]): Weekday[] => weekdays.filter((name) => days.includes(name))

/** 0 for Monday to 6 for Sunday; the date is given in UTC milliseconds. */
export const weekdayIndex = (date: number): number => (new Date(date).getUTCDay() + 6) % 7

/** The weekday of a date in UTC milliseconds. */
export const weekdayOf = (date: number): Weekday => weekdays[weekdayIndex(date)] ?? 'monday'

/** `Monday`. */
export const dayName = (weekday: Weekday): string => `${weekday.charAt(0).toUpperCase()}${weekday.slice(1)}`

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Mon 23 Nov`, for a date in UTC milliseconds. English, whatever the machine's language is. */
export const shortDate = (date: number): string => {
  const at = new Date(date)
  return `${dayName(weekdayOf(date)).slice(0, 3)} ${at.getUTCDate()} ${months[at.getUTCMonth()]}`
}

/** `Mon 23 Nov 2026`. */
export const longDate = (date: number): string => `${shortDate(date)} ${new Date(date).getUTCFullYear()}`

/** `2026-11-23`. */
export const isoDate = (date: number): string => new Date(date).toISOString().slice(0, 10)

/** Minutes of a day as a clock shows them: `19:00`, `24:00`. */
export const clockTime = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
