// Names places in a dashboard by titles.

import { isObject, listOf, textOf } from '../_helpers/json.ts'
import type { Json, JsonObject } from './json-object.ts'

const titleOf = (widget: Json | undefined): string => {
  const definition = isObject(widget) && isObject(widget.definition) ? widget.definition : {}
  return textOf(definition.title).trim() || textOf(definition.text).trim() || textOf(definition.type) || 'widget'
}

const innerOf = (widget: Json | undefined): readonly Json[] =>
  listOf(isObject(widget) && isObject(widget.definition) ? widget.definition.widgets : undefined)

/** The part of a path that leads to a widget: its list position, and the rest. */
const widgetStep = /^(?:definition\.)?widgets\[(\d+)\](?:\.|$)/

/**
 * A path in a dashboard in readable form: `Host and Agent › Agents that report › check`. Paths of other resources stay.
 *
 * @param wire the dashboard that the path's positions refer to.
 * @param isItem true if the path is a widget's own and the value shows its title: then only the groups around it are
 *   named.
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

/** Whether a path refers to a widget itself. */
export const isWidgetPath = (path: string): boolean => /(?:^|\.)widgets\[\d+\]$/.test(path)

/** The position at the end of a path, counted from 1. */
export const placeIn = (path: string): string => {
  const [, index] = /\[(\d+)\]$/.exec(path) ?? []
  return index === undefined ? path : `place ${Number(index) + 1}`
}
