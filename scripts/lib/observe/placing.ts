// Positions groups on boards whose widgets have positions.

import { isObject, listOf } from '../_helpers/json.ts'
import type { Json, JsonObject } from './json-object.ts'

/** The lowest row that a positioned widget reaches. */
const bottomOf = (widgets: readonly Json[]): number =>
  Math.max(
    0,
    ...widgets.map((widget) => {
      const layout = isObject(widget) && isObject(widget.layout) ? widget.layout : {}
      return Number(layout.y ?? 0) + Number(layout.height ?? 0)
    }),
  )

interface Grid {
  readonly perRow: number
  readonly width: number
  readonly height: number
  readonly gap: number
}

/** A fixed board has twelve columns; on a free one this is about the size of a typical graph. */
const fixedGrid: Grid = { perRow: 3, width: 4, height: 2, gap: 0 }
const freeGrid: Grid = { perRow: 2, width: 47, height: 15, gap: 1 }
const headingHeight = 5

/** Places widgets side by side, row by row, from `top` on. */
const inRows = (widgets: readonly Json[], top: number, { perRow, width, height, gap }: Grid): Json[] =>
  widgets.map((widget, index) => ({
    ...(isObject(widget) ? widget : {}),
    layout: {
      x: (index % perRow) * (width + gap),
      y: top + Math.floor(index / perRow) * (height + gap),
      width,
      height,
    },
  }))

const rows = (count: number, { perRow }: Grid): number => Math.ceil(count / perRow)

/** Places groups below everything else on a fixed board; the widgets in them are positioned too. */
const below = (groups: readonly JsonObject[], top: number): Json[] => {
  let y = top
  return groups.map((group) => {
    const definition = isObject(group.definition) ? group.definition : {}
    const inner = listOf(definition.widgets)
    const placed = inner.every((one) => isObject(one) && isObject(one.layout)) ? inner : inRows(inner, 0, fixedGrid)
    const height = Math.max(bottomOf(placed), 1) + 1
    const layout = { x: 0, y, width: 12, height }
    y += height
    return { ...group, definition: { ...definition, widgets: placed }, layout }
  })
}

/** A free board has no groups: each becomes a line of text with the group's title, with its widgets below. */
const flat = (groups: readonly JsonObject[], top: number): Json[] => {
  let y = top
  return groups.flatMap((group) => {
    const definition = isObject(group.definition) ? group.definition : {}
    const inner = listOf(definition.widgets)
    const heading = {
      definition: { type: 'free_text', text: definition.title ?? '', font_size: '24', text_align: 'left' },
      layout: { x: 0, y, width: 95, height: headingHeight },
    }
    const placed = inRows(inner, y + headingHeight, freeGrid)
    y += headingHeight + rows(inner.length, freeGrid) * (freeGrid.height + freeGrid.gap)
    return [heading, ...placed]
  })
}

/** How a dashboard positions its widgets. */
export type Placing = 'free' | 'fixed' | 'by itself'

export const placingOf = ({ layout_type: layout, reflow_type: reflow }: JsonObject): Placing =>
  layout === 'free' ? 'free' : reflow === 'fixed' ? 'fixed' : 'by itself'

/** The parts' groups as this kind of board needs them: positioned below its widgets, unless its layout is automatic. */
export const placedGroups = (groups: readonly JsonObject[], board: JsonObject): Json[] => {
  const top = bottomOf(listOf(board.widgets))
  switch (placingOf(board)) {
    case 'free':
      return flat(groups, top + 1)
    case 'fixed':
      return below(groups, top)
    case 'by itself':
      return [...groups]
  }
}
