// The dashboard's frame and groups.

import { isObject, listOf, textOf } from '../_helpers/json.ts'
import { fromExport } from './exported.ts'
import type { ObserveFiles, ReadPart } from './files.ts'
import type { Json, JsonObject } from './json-object.ts'
import { placedGroups, placingOf } from './placing.ts'
import type { Place } from './resource-kinds.ts'

type Files = Pick<ObserveFiles, 'board' | 'parts' | 'variables'>

/** A group of the dashboard, and the position of each of its widgets in its part's file. */
interface Group {
  readonly part: ReadPart
  /** Undefined for the part's own group; otherwise the index of a group in its file, since groups can't be nested. */
  readonly own: number | undefined
  readonly wire: JsonObject
  readonly places: readonly number[]
}

const isGroup = (widget: Json): boolean =>
  isObject(widget) && isObject(widget.definition) && widget.definition.type === 'group'

const bare = (widget: JsonObject): JsonObject => {
  const { id: _, ...rest } = widget
  return rest
}

const groupsOf = (part: ReadPart): Group[] => {
  const { group: title, color, widgets } = part.data
  const inner = widgets.flatMap((widget, index) => (isGroup(widget) ? [] : [index]))
  const groups = widgets.flatMap((widget, index): Group[] =>
    isGroup(widget) ? [{ part, own: index, wire: withoutIds(widget), places: [] }] : [],
  )
  if (inner.length === 0 && groups.length > 0) return groups
  const definition = {
    type: 'group',
    layout_type: 'ordered',
    title,
    background_color: color,
    show_title: true,
    widgets: inner.map((index) => bare(widgets[index] ?? {})),
  }
  return [{ part, own: undefined, wire: { definition }, places: inner }, ...groups]
}

const withoutIds = (group: JsonObject): JsonObject => {
  const [first] = listOf(fromExport({ widgets: [group] }).widgets)
  return isObject(first) ? first : group
}

/** Adds variables that the parts' widgets use and a pasted board lacks. */
const withVariables = (board: JsonObject, groups: readonly Group[], usual: readonly JsonObject[]): JsonObject => {
  const known = listOf(board.template_variables)
  const names = known.map((one) => (isObject(one) ? textOf(one.name) : ''))
  const text = JSON.stringify(groups.map(({ wire }) => wire))
  const missing = usual.filter(
    ({ name }) => !names.includes(textOf(name)) && new RegExp(`\\$${textOf(name)}\\b`).test(text),
  )
  return missing.length === 0 ? board : { ...board, template_variables: [...known, ...missing] }
}

/** If there are tabs, every widget must be in one: the parts' go into the last. */
const withTabs = (board: JsonObject, first: number, count: number): JsonObject => {
  const tabs = listOf(board.tabs)
  const last = tabs.at(-1)
  if (!isObject(last) || count === 0) return board
  const more = Array.from({ length: count }, (_, index) => `@${first + index + 1}`)
  return { ...board, tabs: [...tabs.slice(0, -1), { ...last, widget_ids: [...listOf(last.widget_ids), ...more] }] }
}

/** The dashboard in the API's format: the frame's own widgets, then a group for each part. */
export const dashboardWire = ({ board, parts, variables }: Files): JsonObject => {
  const frame = fromExport(board.data as JsonObject)
  const groups = parts.flatMap(groupsOf)
  const own = listOf(frame.widgets)
  const added = placedGroups(
    groups.map(({ wire }) => wire),
    frame,
  )
  return { ...withTabs(withVariables(frame, groups, variables), own.length, added.length), widgets: [...own, ...added] }
}

/** An additional, independent board, exactly as in its file. */
export const boardWire = ({ data }: Pick<ObserveFiles['boards'][number], 'data'>): JsonObject =>
  fromExport(data as JsonObject)

/** A group's fields as named in a part's file. */
const names: Readonly<Record<string, string>> = { 'definition.title': 'group', 'definition.background_color': 'color' }

const placeInGroup = ({ part, own, places }: Group, inside: string): Place => {
  const { source } = part
  if (own !== undefined) return { source, path: inside === '' ? `widgets[${own}]` : `widgets[${own}].${inside}` }
  const [, index = '', rest = ''] = /^definition\.widgets\[(\d+)\](.*)$/.exec(inside) ?? []
  if (index !== '') return { source, path: `widgets[${places[Number(index)] ?? index}]${rest}` }
  return { source, path: names[inside] ?? inside.replace(/^definition\.(?=widgets\b)/, '') }
}

/** On a free board a group is a heading followed by its widgets. */
const placeInFlat = (groups: readonly Group[], index: number, inside: string): Place | undefined => {
  let left = index
  for (const group of groups) {
    const count = listOf(isObject(group.wire.definition) ? group.wire.definition.widgets : undefined).length
    if (left === 0) return { source: group.part.source, path: 'group' }
    if (left <= count) return placeInGroup(group, `definition.widgets[${left - 1}]${inside === '' ? '' : `.${inside}`}`)
    left -= count + 1
  }
  return undefined
}

/** The position in the files that a path in the dashboard comes from: each group comes from a part. */
export const dashboardPlace =
  ({ board, parts }: Pick<Files, 'board' | 'parts'>) =>
  (path: string): Place => {
    const [, index = '', inside = ''] = /^widgets\[(\d+)\]\.?(.*)$/.exec(path) ?? []
    const groups = parts.flatMap(groupsOf)
    const number = Number(index) - board.data.widgets.length
    const own: Place = { source: board.source, path }
    if (index === '' || number < 0) return own
    if (placingOf(board.data as JsonObject) === 'free') return placeInFlat(groups, number, inside) ?? own
    const group = groups[number]
    return group === undefined ? own : placeInGroup(group, inside)
  }
