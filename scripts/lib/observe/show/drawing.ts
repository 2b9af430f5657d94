// A graph as SVG.

import { barsPath } from './bars.ts'
import type { Graph, Line } from './graph.ts'
import { areaPath, dotsPath, linePath, type Plane } from './line.ts'
import { edgesOf, type Marker } from './marker.ts'
import { type Markup, markup } from './markup.ts'
import { formatQuantity, type Quantity } from './quantity.ts'
import { rounded } from './scale.ts'
import { momentLabel } from './time-axis.ts'

/** Drawings are a thousand units wide and high, and stretch to their tile; lines keep their width. */
export const side = 1000

/** A marker's range, tinted, below the lines. */
export const markerTint = ({ from, to, level }: Marker, { y }: Plane): Markup => {
  const top = to === undefined ? 0 : Math.max(0, rounded(y(to)))
  const bottom = from === undefined ? side : Math.min(side, rounded(y(from)))
  const height = Math.max(0, rounded(bottom - top))
  return markup`<rect class="tint ${level}" x="0" y="${top}" width="${side}" height="${height}"/>`
}

/** The edges of a marker, for above the lines. */
export const markerEdges = (marker: Marker, { y }: Plane): Markup =>
  markup`${edgesOf(marker).map((value) => markup`<path class="marker ${marker.level} ${marker.stroke}" d="M0 ${rounded(y(value))}H${side}"/>`)}`

const lineShape = (graph: Graph, { colour, points, band, layer }: Line, plane: Plane): Markup => {
  const { display, size, style } = graph
  if (display === 'bars') return markup`<path class="bars ${colour}" d="${barsPath(layer, size, plane)}"/>`
  if (display === 'area')
    return markup`<path class="area ${colour}" d="${areaPath(layer.upper, layer.lower, plane)}"/><path class="line ${colour} ${style}" d="${linePath(layer.upper, plane)}"/>`
  const gap = size * 3.5
  const line = markup`<path class="line ${colour} ${style}" d="${linePath(points, plane, gap)}"/>`
  if (band === undefined) return line
  const { lower, upper, outside } = band
  return markup`<path class="band" d="${areaPath(upper, lower, plane)}"/>${line}<path class="outside" d="${linePath(outside, plane, size * 1.5)}"/><path class="outside dots" d="${dotsPath(outside, plane)}"/>`
}

/** The shapes of a graph; the first is lowest. */
export const graphShapes = (graph: Graph, plane: Plane): Markup =>
  markup`<g>${graph.lines.map((line) => lineShape(graph, line, plane))}</g>`

const mostColumns = 96
const mostNames = 8

/** Invisible columns that show the values of their moment on hover. */
export const hoverShapes = (graphs: readonly Graph[], plane: Plane, quantity: Quantity, zone: string): Markup => {
  const lines = graphs.flatMap(({ lines }) => lines.map(({ name, points }) => ({ name, values: new Map(points) })))
  const all = [...new Set(lines.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b)
  const every = Math.max(1, Math.ceil(all.length / mostColumns))
  const times = all.filter((_, index) => index % every === 0)
  const size = (graphs[0]?.size ?? 0) * every
  const isBars = graphs.some(({ display }) => display === 'bars')
  const columns = times.map((at) => {
    const values = lines.slice(0, mostNames).flatMap(({ name, values }) => {
      const value = values.get(at)
      return value === undefined ? [] : [`${name}: ${formatQuantity(value, quantity)}`]
    })
    const left = rounded(plane.x(isBars ? at : at - size / 2))
    const width = Math.max(1, rounded(plane.x(at + size) - plane.x(at)))
    const title = [momentLabel(at, zone), ...values].join('\n')
    return markup`<rect x="${left}" y="0" width="${width}" height="${side}"><title>${title}</title></rect>`
  })
  return markup`<g class="hover">${columns}</g>`
}
