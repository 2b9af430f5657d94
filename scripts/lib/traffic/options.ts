// Values of the verb's options.

import { BoxhoundError } from '../_helpers/errors.ts'

const refused = (option: string, expected: string, found: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', `${option} is not valid`, {
    exitCode: 2,
    expected,
    found,
    next: 'npm run traffic -- --help',
  })

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

/** Seconds of a run: shorter ones prove nothing, longer ones are no trial. */
const [shortest, longest] = [5, 86_400]

/** Seconds of a duration such as `90s`, `3m`, `1h30m`. */
export const parseDuration = (text: string, option = '--for'): number => {
  const parts = /^(?:\d+[hms])+$/.test(text) ? [...text.matchAll(/(\d+)([hms])/g)] : []
  const seconds = parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0), 0)
  if (seconds >= shortest && seconds <= longest) return seconds
  throw refused(option, 'a duration from 5s to 24h, such as 90s, 3m or 1h30m', text)
}

/** A whole number within bounds. */
export const parseNumber = (text: string, option: string, least: number, most: number): number => {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  throw refused(option, `a whole number from ${least} to ${most}`, text)
}
