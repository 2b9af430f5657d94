// Keeps received points for the preview.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Received } from '../../../lab/intake/payloads.ts'
import { isObject, parsedJson } from '../_helpers/json.ts'

/** Points that arrived, by metric: seconds since 1970 and value, in order. */
export type RecordedPoints = Readonly<{
  readonly [metric: string]: readonly (readonly [seconds: number, value: number])[]
}>

export const recordFile = (folder: string): string => join(folder, 'points.json')

/** The points of everything that arrived; series with different tags are merged. */
export const recordOf = ({ series }: Received): RecordedPoints => {
  const metrics = new Map<string, (readonly [number, number])[]>()
  for (const { metric, points } of series) metrics.set(metric, [...(metrics.get(metric) ?? []), ...points])
  return Object.fromEntries([...metrics].map(([metric, points]) => [metric, points.sort(([a], [b]) => a - b)]))
}

/** The points recorded in the last run; undefined if there was none. */
export const readRecord = async (folder: string): Promise<RecordedPoints | undefined> => {
  const text = await readFile(recordFile(folder), 'utf8').catch(() => undefined)
  const value = parsedJson(text ?? '')
  return isObject(value) ? (value as unknown as RecordedPoints) : undefined
}
