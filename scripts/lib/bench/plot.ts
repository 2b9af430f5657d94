// Plots every run as a dot, as SVG.

import { type Markup, markup } from '../observe/show/markup.ts'
import type { Quantity, SideResult } from './measurement.ts'
import { formatQuantity } from './words.ts'

const width = 800
const labels = 340
const right = 24
const lane = 30
const top = 6

const values = (sides: readonly SideResult[], quantity: Quantity): number[] =>
  sides.flatMap(({ runs }) => runs.flatMap(({ measured }) => measured?.[quantity] ?? [])).filter((value) => value > 0)

/** A logarithmic scale over whole decades, so that a tenth of a second and a minute are both visible. */
export const scaleOf = (
  all: readonly number[],
): { readonly x: (value: number) => number; readonly ticks: number[] } => {
  const low = Math.floor(Math.log10(Math.min(...all)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all))))
  const x = (value: number): number =>
    Math.round((labels + ((Math.log10(value) - low) / (high - low)) * (width - labels - right)) * 10) / 10
  return { x, ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)) }
}

const dots = (side: SideResult, quantity: Quantity, x: (value: number) => number, y: number): Markup[] =>
  side.runs.flatMap(({ measured }) => {
    const value = measured?.[quantity]
    return value === undefined || value <= 0
      ? []
      : [markup`<circle cx="${x(value)}" cy="${y}" r="4"><title>${formatQuantity(value, quantity)}</title></circle>`]
  })

const laneOf = (side: SideResult, quantity: Quantity, x: (value: number) => number, index: number): Markup => {
  const y = top + lane * index + lane / 2
  const spread = side[quantity]
  const middle =
    spread === undefined
      ? undefined
      : markup`<line class="span" x1="${x(spread.min)}" x2="${x(spread.max)}" y1="${y}" y2="${y}"/><line class="median" x1="${x(spread.median)}" x2="${x(spread.median)}" y1="${y - 9}" y2="${y + 9}"/>`
  const failed =
    side.failed === 0
      ? undefined
      : markup`<text class="failed" x="${labels + 6}" y="${y + 4}">${side.failed} failed</text>`
  const kind = side.tool === 'boxhound' ? 'own' : side.tool === 'reference' ? 'reference' : 'peer'
  return markup`<g class="${kind}"><text class="name" x="${labels - 14}" y="${y + 4}">${side.name}</text>${middle}${dots(side, quantity, x, y)}${failed}</g>`
}

/**
 * Every run of every side as a dot on one logarithmic axis, with a line for the median, as SVG without scripts.
 *
 * @returns undefined if nothing was measured.
 */
export const plot = (sides: readonly SideResult[], quantity: Quantity, title: string): Markup | undefined => {
  const all = values(sides, quantity)
  if (all.length === 0) return undefined
  const { x, ticks } = scaleOf(all)
  const bottom = top + lane * sides.length
  const axis = ticks.map(
    (tick) =>
      markup`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}"/><text class="tick" x="${x(tick)}" y="${bottom + 16}">${formatTick(tick, quantity)}</text>`,
  )
  const lanes = sides.map((side, index) => laneOf(side, quantity, x, index))
  return markup`<svg viewBox="0 0 ${width} ${bottom + 24}" role="img" aria-label="${title}">${axis}${lanes}</svg>`
}

const formatTick = (value: number, quantity: Quantity): string =>
  quantity === 'seconds'
    ? `${value < 1 ? value.toFixed(Math.round(-Math.log10(value))) : value} s`
    : formatQuantity(value, 'bytes')
