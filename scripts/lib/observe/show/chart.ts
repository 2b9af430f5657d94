// A chart with axes and legend.

import { type JsonObject, numberIn } from '../../_helpers/json.ts'
import { graphShapes, hoverShapes, markerEdges, markerTint, side } from './drawing.ts'
import { type Graph, valuesOf } from './graph.ts'
import { edgesOf, type Marker } from './marker.ts'
import { type Markup, markup } from './markup.ts'
import { formatQuantity, type Quantity, tickFormat } from './quantity.ts'
import { joined } from './rollup.ts'
import { axisFor, linear, type Place, rounded } from './scale.ts'
import type { Window } from './scene.ts'
import { type TimeTick, timeTicks } from './time-axis.ts'

export interface Chart {
  readonly title: string
  readonly graphs: readonly Graph[]
  readonly markers: readonly Marker[]
  readonly yaxis: JsonObject
  readonly quantity: Quantity
  readonly window: Window
  readonly zone: string
  readonly hasLegend: boolean
}

/** Percent of a drawing's side with two decimals, to position labels on it. */
const share = (place: number): number => Math.round(place * 10) / 100

const mostKeys = 6

/** Markers are explained below the graph: on it, the text would cover the curve and other markers. */
const markerKeys = (markers: readonly Marker[], quantity: Quantity): Markup[] =>
  markers.flatMap((marker) => {
    const edges = edgesOf(marker)
    if (marker.label === '' || edges.length === 0) return []
    const values = edges.map((edge) => formatQuantity(edge, quantity)).join(' to ')
    return [
      markup`<li><i class="marked ${marker.level} ${marker.stroke}"></i><span>${marker.label}</span><b>${values}</b></li>`,
    ]
  })

const legend = (graphs: readonly Graph[], markers: readonly Marker[], quantity: Quantity): Markup | '' => {
  const lines = graphs.flatMap(({ lines }) => lines)
  const keys = lines.slice(0, mostKeys).map(({ name, colour, points }) => {
    const last = points.at(-1)?.[1]
    return markup`<li title="${name}"><i class="${colour}"></i><span>${name}</span><b>${last === undefined ? '–' : formatQuantity(last, quantity)}</b></li>`
  })
  const more = lines.length > mostKeys ? markup`<li><span>and ${lines.length - mostKeys} more</span></li>` : ''
  const band = lines.some((line) => line.band !== undefined)
    ? markup`<li><i class="expected"></i><span>expected</span></li><li><i class="c8"></i><span>outside</span></li>`
    : ''
  const marked = markerKeys(markers, quantity)
  if (keys.length + marked.length === 0) return ''
  return markup`<ul class="legend">${keys}${more}${band}${marked}</ul>`
}

/** Every second label can be hidden on a small screen, but never midnight; the last label stays within the tile. */
const timeLabels = (ticks: readonly TimeTick[], x: Place): Markup[] => {
  const midnight = Math.max(
    0,
    ticks.findIndex((tick) => tick.isMidnight),
  )
  const last = share(x(ticks.at(-1)?.seconds ?? 0))
  return ticks.flatMap(({ seconds, label, isMidnight }, index) => {
    const place = share(x(seconds))
    // The last one moves left, which may need the space of the one before.
    if (last > 96 && place < last && last - place < 14) return []
    const look = isMidnight ? 'midnight' : (index - midnight) % 2 === 0 ? 'even' : 'odd'
    return [markup`<span class="${look}${place > 96 ? ' end' : ''}" style="left:${place}%">${label}</span>`]
  })
}

/** Bars extend beyond the window by the period that they cover. */
const widened = ({ from, to }: Window, graphs: readonly Graph[]): Window => {
  const bars = graphs.filter(({ display }) => display === 'bars')
  const ends = bars.flatMap(({ lines, size }) => lines.flatMap(({ points }) => points.map(([at]) => [at, at + size])))
  return {
    from: Math.min(
      from,
      ...(ends[0] === undefined
        ? []
        : [
            joined(
              'min',
              ends.map(([at = from]) => at),
            ) ?? from,
          ]),
    ),
    to: Math.max(
      to,
      joined(
        'max',
        ends.map(([, end = to]) => end),
      ) ?? to,
    ),
  }
}

/**
 * A graph with its axes, markers and legend. Shapes are SVG that stretches to the tile; labels are separate text, so
 * that they stay legible on every screen.
 */
export const chart = ({ title, graphs, markers, yaxis, quantity, window, zone, hasLegend }: Chart): Markup => {
  const values = [...graphs.flatMap(valuesOf), ...markers.flatMap(edgesOf)]
  if (graphs.every(({ lines }) => lines.every(({ points }) => points.length === 0)))
    return markup`<p class="empty">no data</p>`
  const least = joined('min', values) ?? 0
  const zero = yaxis.include_zero === false ? [] : [0]
  const axis = axisFor(Math.min(least, ...zero), Math.max(joined('max', values) ?? 1, ...zero), {
    min: numberIn(yaxis.min),
    max: numberIn(yaxis.max),
    quantity,
  })
  const { from, to } = widened(window, graphs)
  const plane = { x: linear(from, to, 0, side), y: linear(axis.from, axis.to, side, 0) }
  const format = tickFormat(axis.ticks, quantity)
  const labels = axis.ticks.map((tick) => ({ label: format(tick), place: plane.y(tick) }))
  const widest = labels.reduce((longest, { label }) => (label.length > longest.length ? label : longest), '')
  const grid = labels.map(({ place }) => markup`<path class="grid" d="M0 ${rounded(place)}H${side}"/>`)
  return markup`<div class="chart">
<div class="y"><span class="ghost">${widest}</span>${labels.map(({ label, place }) => markup`<span style="top:${share(place)}%">${label}</span>`)}</div>
<div class="plot"><svg viewBox="0 0 ${side} ${side}" preserveAspectRatio="none" role="img" aria-label="${title}">
${grid}${markers.map((marker) => markerTint(marker, plane))}${graphs.map((graph) => graphShapes(graph, plane))}${markers.map((marker) => markerEdges(marker, plane))}${hoverShapes(graphs, plane, quantity, zone)}
</svg></div>
<div class="x">${timeLabels(timeTicks(from, to, zone), plane.x)}</div>
</div>${legend(hasLegend ? graphs : [], markers, quantity)}`
}
