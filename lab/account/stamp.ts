/** A time in the API's format: UTC, with microseconds and an offset. */
export const stamp = (date: Date): string => date.toISOString().replace('Z', '000+00:00')
