/** A time as the API writes it: UTC, with microseconds and an offset. */
export const stamp = (date: Date): string => date.toISOString().replace('Z', '000+00:00')
