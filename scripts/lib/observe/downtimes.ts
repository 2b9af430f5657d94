// Converts rules to schedules.

import { recurrenceOf } from './calendar/next.ts'
import type { Schedule } from './calendar/recurrence.ts'
import type { Wish } from './calendar/week.ts'
import type { JsonObject } from './json-object.ts'
import { boxTag } from './marker.ts'
import type { DowntimesFile } from './schema.ts'

const minutes = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return hour * 60 + minute
}

const stretchOf = (text: string): readonly [number, number] => {
  const [from = '', to = ''] = text.split('-')
  return [minutes(from), minutes(to)]
}

/** The hours that should be silent, in minutes of the wall clock. */
export const wishOf = ({ silent }: DowntimesFile): Wish => ({
  monday: silent.monday.map(stretchOf),
  tuesday: silent.tuesday.map(stretchOf),
  wednesday: silent.wednesday.map(stretchOf),
  thursday: silent.thursday.map(stretchOf),
  friday: silent.friday.map(stretchOf),
  saturday: silent.saturday.map(stretchOf),
  sunday: silent.sunday.map(stretchOf),
})

/** Each downtime as a schedule in the zone. It starts at its next occurrence there, whatever this machine's zone is. */
export const schedulesOf = ({ downtimes }: DowntimesFile, timezone: string, now: Date): Schedule[] =>
  Object.entries(downtimes).map(([name, { rules }]) => ({
    name,
    timezone,
    recurrences: rules.map((rule) => recurrenceOf(rule, timezone, now)),
  }))

/**
 * A downtime's attributes in the format of API v2. It silences the box's monitors by their tag, so none of them needs
 * to exist yet, and no other box's are affected.
 */
export const downtimeWire = ({ timezone, recurrences }: Schedule, message: string, box: string): JsonObject => ({
  message,
  scope: '*',
  monitor_identifier: { monitor_tags: [boxTag(box)] },
  display_timezone: timezone,
  schedule: { timezone, recurrences: recurrences.map((one) => ({ ...one })) },
})
