// Places of a dashboard by title.

import { isObject, listOf, textOf } from '../_helpers/json.ts'
import type { Json, JsonObject } from './json-object.ts'

const titleOf = (widget: Json | undefined): string => {
  const definition = isObject(widget) && isObject(widget.definition) ? widget.definition : {}
  return textOf(definition.title).trim() || textOf(definition.text).trim() || textOf(definition.type) || 'widget'
}

const innerOf = (widget: Json | undefined): readonly Json[] =>
  listOf(isObject(widget) && isObject(widget.definition) ? widget.definition.widgets : undefined)

/** The part of a path that leads to a widget: its place in a list, and what stands behind it. */
const widgetStep = /^(?:definition\.)?widgets\[(\d+)\](?:\.|$)/

/**
 * A path of a dashboard as a reader knows it: `Host and Agent › Agents that report › check`. Paths of other resources stay.
 *
 * @param wire the dashboard that the places in the path are of.
 * @param isItem true where the path is a widget's own, whose title the value tells: then only the groups around it are named.
 */
export const titledPath = (path: string, wire: JsonObject, isItem = false): string => {
  const titles: string[] = []
  let [rest, widgets] = [path, listOf(wire.widgets)]
  for (let step = widgetStep.exec(rest); step !== null; step = widgetStep.exec(rest)) {
    const widget = widgets[Number(step[1])]
    rest = rest.slice(step[0].length)
    if (rest === '' && isItem) break
    titles.push(titleOf(widget))
    widgets = innerOf(widget)
  }
  const field = rest.replace(/^definition\./, '')
  const words = [...titles, ...(field === '' ? [] : [field])]
  return words.length === 0 ? 'widgets' : words.join(' › ')
}

/** Whether a path is a widget's own. */
export const isWidgetPath = (path: string): boolean => /(?:^|\.)widgets\[\d+\]$/.test(path)

/** The place that a path ends with, counted from 1. */
export const placeIn = (path: string): string => {
  const [, index] = /\[(\d+)\]$/.exec(path) ?? []
  return index === undefined ? path : `place ${Number(index) + 1}`
}
