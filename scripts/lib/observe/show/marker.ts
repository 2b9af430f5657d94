// Lines across a graph.

import { type JsonObject, numberIn, objectsOf, textIn } from '../../_helpers/json.ts'

/** A line across a graph, or a range of values. */
export interface Marker {
  /** Lower and upper end of the tinted range; equal for `y = 5`, undefined for an open end. */
  readonly from?: number
  readonly to?: number
  readonly level: 'error' | 'warning' | 'ok' | 'info'
  readonly stroke: 'solid' | 'dashed' | 'bold'
  readonly label: string
}

const levels = ['error', 'warning', 'ok', 'info'] as const
const strokes = ['solid', 'dashed', 'bold'] as const

const rangeOf = (value: string): Pick<Marker, 'from' | 'to'> | undefined => {
  const [, low, high] = /^\s*(-?[\d.eE+]+)\s*<=?\s*y\s*<=?\s*(-?[\d.eE+]+)\s*$/.exec(value) ?? []
  const [from, to] = [numberIn(low), numberIn(high)]
  if (from !== undefined && to !== undefined) return { from, to }
  const [, sign, level] = /^\s*y\s*([<>]?=?)\s*(-?[\d.eE+]+)\s*$/.exec(value) ?? []
  const at = numberIn(level)
  if (at === undefined || sign === undefined || sign === '') return undefined
  return sign.startsWith('>') ? { from: at } : sign.startsWith('<') ? { to: at } : { from: at, to: at }
}

/** The markers of a widget that have a valid position. */
export const markersOf = (definition: JsonObject): Marker[] =>
  objectsOf(definition.markers).flatMap((marker) => {
    const range = rangeOf(textIn(marker.value) ?? '')
    const words = (textIn(marker.display_type) ?? '').split(' ')
    if (range === undefined) return []
    const level = levels.find((one) => words.includes(one)) ?? 'info'
    const stroke = strokes.find((one) => words.includes(one)) ?? 'solid'
    return [{ ...range, level, stroke, label: textIn(marker.label)?.trim() ?? '' }]
  })

/** The values at which a marker draws a line. */
export const edgesOf = ({ from, to }: Marker): number[] => [
  ...new Set([from, to].filter((value) => value !== undefined)),
]
