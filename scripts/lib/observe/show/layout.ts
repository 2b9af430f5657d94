// Lays out tiles on a grid.

import { type JsonObject, numberIn, objectOf, textIn } from '../../_helpers/json.ts'

/** A widget's definition and its position on a grid, in columns and rows from 0; rows can be halved. */
export interface Placed {
  readonly definition: JsonObject
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The number of a dashboard's columns. */
export const columns = 12

const usual: Readonly<Record<string, readonly [number, number]>> = {
  timeseries: [4, 2],
  toplist: [4, 2],
  query_value: [2, 2],
  check_status: [2, 2],
  note: [3, 2],
}

const whole = (value: unknown, least: number, most: number): number | undefined => {
  const found = numberIn(value)
  return found === undefined ? undefined : Math.max(least, Math.min(most, Math.round(found)))
}

/** A widget's own position; undefined unless it is complete. Limited to the grid and a thousand rows. */
export const layoutOf = (widget: JsonObject, wide = columns): Omit<Placed, 'definition'> | undefined => {
  const layout = objectOf(widget.layout)
  const x = whole(layout.x, 0, wide - 1)
  const [y, height] = [whole(layout.y, 0, 1000), whole(layout.height, 1, 40)]
  const width = x === undefined ? undefined : whole(layout.width, 1, wide - x)
  return x === undefined || y === undefined || width === undefined || height === undefined
    ? undefined
    : { x, y, width, height }
}

const sizeOf = (type: string | undefined, isFirst: boolean, wide: number): readonly [number, number] => {
  // A note at the start of a group is an introduction of a line or two.
  if (type === 'note' && isFirst) return [wide, 0.5]
  const [width, height] = (type !== undefined && Object.hasOwn(usual, type) ? usual[type] : undefined) ?? [2, 2]
  return [Math.min(width, wide), height]
}

/**
 * Fills rows from the left. The last tile of a row gets the remaining space, unless that would more than double it. A
 * note takes all remaining space, and if alone in a row is only a line or two high.
 */
const flow = (widgets: readonly JsonObject[], wide: number): Placed[] => {
  const rows: Placed[][] = [[]]
  let [x, y] = [0, 0]
  for (const [index, widget] of widgets.entries()) {
    const definition = objectOf(widget.definition)
    const [width, height] = sizeOf(textIn(definition.type), index === 0, wide)
    if (x + width > wide) {
      y += Math.max(...(rows.at(-1) ?? []).map((placed) => placed.height))
      x = 0
      rows.push([])
    }
    rows.at(-1)?.push({ definition, x, y, width, height })
    x += width
  }
  return rows.flatMap((row) =>
    row.map((placed, index) => {
      const free = wide - placed.x - placed.width
      const isNote = textIn(placed.definition.type) === 'note'
      if (index < row.length - 1 || (free > placed.width && !isNote)) return placed
      const height = isNote && row.length === 1 ? Math.min(placed.height, 0.5) : placed.height
      return { ...placed, width: placed.width + free, height }
    }),
  )
}

/** The widgets' positions: their own if each has one, starting with the first used row; otherwise in file order. */
export const placed = (widgets: readonly JsonObject[], wide = columns): Placed[] => {
  const own = widgets.flatMap((widget) => {
    const layout = layoutOf(widget, wide)
    return layout === undefined ? [] : [{ definition: objectOf(widget.definition), ...layout }]
  })
  if (own.length < widgets.length) return flow(widgets, wide)
  const top = Math.min(...own.map(({ y }) => y))
  return own.map((one) => ({ ...one, y: one.y - top }))
}
