import { createHash } from 'node:crypto'

/** The n-th id of its kind. Not random, so that the same requests always lead to the same account. */
const digestOf = (kind: string, count: number): string => createHash('sha256').update(`${kind} ${count}`).digest('hex')

/** Like `abc-def-ghi`. */
export const dashboardId = (count: number): string => {
  const letters = BigInt(`0x${digestOf('dashboard', count)}`)
    .toString(36)
    .slice(0, 9)
  return `${letters.slice(0, 3)}-${letters.slice(3, 6)}-${letters.slice(6)}`
}

export const monitorId = (count: number): number => 10_000_000 + count

/** As large as the real ones, but still an exact JavaScript number. */
export const widgetId = (count: number): number => 4_000_000_000_000_000 + count

/** A UUID of version 8, whose bits may come from anywhere (RFC 9562, 5.8). */
export const downtimeId = (count: number): string =>
  digestOf('downtime', count).replace(
    /^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/,
    (_, a: string, b: string, c: string, d: string, e: string) => `${a}-${b}-8${c}-8${d}-${e}`,
  )
