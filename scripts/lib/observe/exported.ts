// Strips an export of what belongs to its account.

import { isObject, listOf, textOf } from '../_helpers/json.ts'
import type { Json, JsonObject } from './json-object.ts'

/** Metadata about the exported dashboard. The account sets it for the new one as well. */
const metadata: ReadonlySet<string> = new Set([
  'id',
  'url',
  'author_handle',
  'author_name',
  'author_info',
  'created_at',
  'modified_at',
  'deleted_at',
  'experience_type',
])

const isExport = (board: JsonObject): boolean => ['url', 'author_handle', 'created_at'].some((name) => name in board)

/** In an export these mean "not set". Written by hand, they would clear what somebody has set in the account. */
const isUnset = (value: Json): boolean => value === false || (Array.isArray(value) && value.length === 0)

const withoutIds = (widget: Json): Json => {
  if (!isObject(widget)) return widget
  const { id: _, ...rest } = widget
  const { definition } = widget
  if (!isObject(definition) || !Array.isArray(definition.widgets)) return rest
  return { ...rest, definition: { ...definition, widgets: definition.widgets.map(withoutIds) } }
}

const withoutLayout = (widget: Json): Json => {
  if (!isObject(widget)) return widget
  const { layout: _, ...rest } = widget
  return rest
}

/** `defaults` was formerly called `default`. An export may contain both, which the API refuses. */
const variable = (one: Json): Json => {
  if (!isObject(one)) return one
  const { default: single, ...rest } = one
  if (single === undefined) return one
  if (rest.defaults !== undefined && rest.defaults !== null) return rest
  return single === null ? rest : { ...rest, defaults: [single] }
}

/** Replaces widget ids with list positions, which are valid in any account; anything else stays. */
const tab = (one: Json, widgets: readonly Json[]): Json => {
  if (!isObject(one)) return one
  const place = (id: Json): Json => {
    const index = widgets.findIndex((widget) => isObject(widget) && widget.id !== undefined && widget.id === id)
    return index < 0 ? id : `@${index + 1}`
  }
  return { ...one, widget_ids: listOf(one.widget_ids).map(place) }
}

/** Tabs with positions instead of ids. */
export const withPlaces = (dashboard: JsonObject): JsonObject =>
  Array.isArray(dashboard.tabs)
    ? { ...dashboard, tabs: dashboard.tabs.map((one) => tab(one, listOf(dashboard.widgets))) }
    : dashboard

/**
 * A dashboard as in a file, without what belongs to the account that it was exported from: ids, author, dates, unset
 * fields. A board with automatic layout accepts no positions, although exports contain them.
 */
export const fromExport = (board: JsonObject): JsonObject => {
  const own = Object.entries(withPlaces(board)).filter(
    ([name, value]) =>
      !metadata.has(name) && value !== null && !(isExport(board) && name !== 'widgets' && isUnset(value)),
  )
  const rest = Object.fromEntries(own)
  const isAuto = textOf(rest.layout_type) === 'ordered' && rest.reflow_type === 'auto'
  const widgets = listOf(rest.widgets).map(withoutIds)
  return {
    ...rest,
    ...(Array.isArray(rest.template_variables) ? { template_variables: rest.template_variables.map(variable) } : {}),
    widgets: isAuto ? widgets.map(withoutLayout) : widgets,
  }
}
