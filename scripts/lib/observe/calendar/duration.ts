// Durations such as 14h.

const units = new Map([
  ['w', 10_080],
  ['d', 1440],
  ['h', 60],
  ['m', 1],
])

/** Minutes of `14h`, `2d`, `90m` or `1w`, Datadog's units; undefined for anything else. */
export const parseDuration = (text: string): number | undefined => {
  const [, digits, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  const minutes = Number(digits) * (units.get(unit) ?? Number.NaN)
  return minutes > 0 ? minutes : undefined
}

/** Formats minutes in the largest exact unit: `14h`, `2d`, `90m`. */
export const formatDuration = (minutes: number): string => {
  const [unit, size] = [...units].find(([, length]) => minutes % length === 0) ?? ['m', 1]
  return `${minutes / size}${unit}`
}

/** Minutes since midnight of `HH:MM`, 0 to 1439, and 1440 for `24:00`; undefined for anything else. */
export const parseTime = (text: string): number | undefined => {
  const [, hours, minutes] = /^(\d\d):([0-5]\d)$/.exec(text) ?? []
  const total = Number(hours) * 60 + Number(minutes)
  return total <= 1440 ? total : undefined
}
