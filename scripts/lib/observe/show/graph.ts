// A timeseries widget as a graph.

import { objectOf, textIn } from '../../_helpers/json.ts'
import { anomalyBand, type Band } from './anomaly.ts'
import { groupNames } from './group-name.ts'
import type { Point } from './page-data.ts'
import { colourAt } from './palette.ts'
import type { Request, Result } from './request.ts'
import { type Layer, stack } from './stack.ts'

/** A series as drawn. */
export interface Line {
  readonly name: string
  readonly colour: string
  readonly points: readonly Point[]
  /** The expected range, with anomalies. */
  readonly band?: Band
  /** Its position on top of the others, for bars and areas. */
  readonly layer: Layer
}

/** The series of one request. */
export interface Graph {
  readonly display: 'line' | 'bars' | 'area'
  readonly lines: readonly Line[]
  /** Seconds covered by one point. */
  readonly size: number
  /** Additional classes for its lines: `dashed`, `thick`. */
  readonly style: string
}

const displays = ['line', 'bars', 'area'] as const
const styles = ['dashed', 'dotted', 'thick', 'thin']

/** The usual distance between points in seconds: the median. */
const distance = (points: readonly Point[]): number => {
  const all = points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at))
  return all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 3600
}

/** The series of a request, with names and colours. `offset` is how many palette colours earlier requests use. */
export const graphOf = ({ wire }: Request, results: readonly Result[], offset: number): Graph => {
  const style = objectOf(wire.style)
  const all = results.flatMap(({ label, series, bounds }) =>
    series.map(({ tags, points }) => ({ label, tags, points, bounds })),
  )
  const groups = groupNames(all.map(({ tags }) => tags))
  const nameOf = (label: string, group = ''): string =>
    group === '' ? label : results.length === 1 ? group : `${label} ${group}`
  const layers = stack(all)
  return {
    display: displays.find((one) => one === wire.display_type) ?? 'line',
    size: distance(all[0]?.points ?? []),
    style: styles.filter((one) => one === style.line_type || one === style.line_width).join(' '),
    lines: all.map(({ label, points, bounds }, index) => ({
      name: nameOf(label, groups[index]),
      points,
      layer: layers[index] ?? { lower: [], upper: [] },
      colour: colourAt(textIn(style.palette), textIn(style.palette) === undefined ? offset + index : index),
      ...(bounds === undefined ? {} : { band: anomalyBand(points, bounds) }),
    })),
  }
}

/** All values that must fit on the axis. */
export const valuesOf = ({ display, lines }: Graph): number[] =>
  lines.flatMap(({ points, band, layer }) =>
    (display === 'line' ? [points, band?.lower ?? [], band?.upper ?? []] : [layer.upper, [[0, 0] as const]])
      .flat()
      .map(([, value]) => value),
  )
