// A number.

import { type JsonObject, numberIn, objectsOf, textIn } from '../../../_helpers/json.ts'
import { areaPath, linePath } from '../line.ts'
import { type Markup, markup } from '../markup.ts'
import type { Point } from '../page-data.ts'
import { figure } from '../quantity.ts'
import { numbersOf, type Request, readRequest, resultsOf } from '../request.ts'
import { joined } from '../rollup.ts'
import { linear } from '../scale.ts'
import { originOf, type Scene, type Window, windowOf } from '../scene.ts'
import type { Body } from './body.ts'

const comparators: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '=': (value, bound) => value === bound,
}

const colours = ['red', 'yellow', 'green', 'gray', 'blue']

/** The classes of the first condition that matches: `on-red` for a coloured tile, `in-red` for coloured digits. */
export const lookOf = (formats: readonly JsonObject[], value: number): string | undefined => {
  for (const format of formats) {
    const comparator = textIn(format.comparator) ?? ''
    const holds = Object.hasOwn(comparators, comparator) ? comparators[comparator] : undefined
    const bound = numberIn(format.value)
    if (holds === undefined || bound === undefined || !holds(value, bound)) continue
    const [front = '', back = ''] = (textIn(format.palette) ?? '').split('_on_')
    const ground = back.replace('light_', '')
    if (colours.includes(ground)) return `on-${ground}`
    return colours.includes(front) ? `in-${front}` : undefined
  }
  return undefined
}

const background = (request: Request, scene: Scene, window: Window): Markup => {
  const points = resultsOf(request, scene, window)[0]?.series[0]?.points ?? []
  const values = points.map(([, value]) => value)
  const [least, most] = [Math.min(0, joined('min', values) ?? 0), joined('max', values) ?? 1]
  // The curve uses the lowest third, below the digits.
  const plane = { x: linear(points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 1, 0, 1000), y: linear(least, most, 1000, 700) }
  const ground = points.map(([at]): Point => [at, least])
  return markup`<svg class="background" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true"><path class="area c0" d="${areaPath(points, ground, plane)}"/><path class="line c0" d="${linePath(points, plane)}"/></svg>`
}

/** One big number. */
export const queryValue = (definition: JsonObject, title: string, scene: Scene): Body => {
  const request = readRequest(objectsOf(definition.requests)[0] ?? {})
  const queries = [...request.queries.values()]
  const window = windowOf(queries, scene)
  const [result] = numbersOf(request, scene, window)
  const value = result?.series[0]?.points[0]?.[1]
  const head = { title: title === '' ? (queries[0] ?? 'query value') : title, origin: originOf(queries, scene) }
  if (value === undefined) return { ...head, content: markup`<p class="empty">no data</p>` }
  const custom = textIn(definition.custom_unit)
  const quantity = custom === undefined ? (result?.quantity ?? 'plain') : 'plain'
  const { digits, unit } = figure(value, quantity, numberIn(definition.precision), definition.autoscale !== false)
  const look = lookOf(
    [...objectsOf(request.wire.conditional_formats), ...objectsOf(definition.conditional_formats)],
    value,
  )
  const course = typeof definition.timeseries_background === 'object' ? background(request, scene, window) : ''
  const units = [unit, custom].filter(Boolean).join(' ')
  return {
    ...head,
    look: `number ${look ?? ''}`,
    content: markup`${course}<p class="value"><b>${digits}</b>${units === '' ? '' : markup` <span>${units}</span>`}</p>`,
  }
}
