// Time labels along a graph.

import { DateTime } from 'luxon'

export interface TimeTick {
  readonly seconds: number
  /** `15:00`, or `Thu 26` at midnight. */
  readonly label: string
  readonly isMidnight: boolean
}

/** Minutes between two ticks. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10_080]

/**
 * Ticks at round times on a zone's wall clock, at most `most`. They stay round across a clock change: a time that does
 * not exist has no tick.
 *
 * @param from seconds since 1970, like `to`.
 */
export const timeTicks = (from: number, to: number, zone: string, most = 8): TimeTick[] => {
  const step = steps.find((minutes) => (to - from) / 60 / minutes <= most) ?? 43_200
  const days = Math.max(1, Math.round(step / 1440))
  const ticks: TimeTick[] = []
  for (
    let day = DateTime.fromSeconds(from, { zone }).startOf('day');
    day.isValid && day.toSeconds() <= to;
    day = day.plus({ days }).startOf('day')
  )
    for (let minute = 0; minute < 1440; minute += Math.min(step, 1440)) {
      const at = day.set({ hour: Math.floor(minute / 60), minute: minute % 60 })
      const isThere = at.hour * 60 + at.minute === minute
      const seconds = at.toSeconds()
      if (isThere && seconds >= from && seconds <= to)
        ticks.push({
          seconds,
          label: at.toFormat(minute === 0 ? 'ccc d' : 'HH:mm', { locale: 'en' }),
          isMidnight: minute === 0,
        })
    }
  return ticks
}

/** `Thu 26 Nov 14:05`, in a zone. */
export const momentLabel = (seconds: number, zone: string): string =>
  DateTime.fromSeconds(seconds, { zone }).toFormat('ccc d LLL HH:mm', { locale: 'en' })
