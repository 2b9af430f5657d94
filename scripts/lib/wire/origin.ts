// Checks host and time of arrivals.

import type { Pointed } from './point.ts'
import type { Origin } from './wire-check.ts'

/**
 * In seconds. The Agent's data may begin before its start, and a guest's clock runs unevenly on an emulated processor.
 */
const margin = 60

/**
 * The host and time range that everything arrived so far must match. @param now seconds since 1970 by this machine's
 * clock.
 */
export const originOf = ({ host, started, ahead }: Pointed, now: number): Origin => ({
  host,
  from: started - margin,
  to: Math.floor(now + ahead) + margin,
})

/** What is wrong with the host name in a payload. */
export const hostProblems = (what: string, host: string, origin: Origin): string[] => {
  if (host === origin.host) return []
  return [host === '' ? `${what} has no host` : `${what} is from host ${host}, not ${origin.host}`]
}

/** What is wrong with a timestamp. @param seconds since 1970; milliseconds would be far out of range. */
export const timeProblems = (what: string, seconds: number, { from, to }: Origin): string[] =>
  seconds >= from && seconds <= to ? [] : [`${what} has the time ${seconds}, outside ${from} to ${to}`]
