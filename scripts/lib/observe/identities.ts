// Ids of widgets, sent back.

import { isObject, listOf } from '../_helpers/json.ts'
import type { Json, JsonObject } from './json-object.ts'
import { pairsOf } from './pairs.ts'

const innerOf = (widget: Json | undefined): Json | undefined =>
  isObject(widget) && isObject(widget.definition) ? widget.definition.widgets : undefined

const withInner = (widget: JsonObject, inner: readonly Json[]): JsonObject =>
  isObject(widget.definition) ? { ...widget, definition: { ...widget.definition, widgets: inner } } : widget

/** Widgets of one list in three forms: as they will be sent, and both sides as they are compared. */
interface Lists {
  readonly wanted: readonly Json[]
  readonly live: readonly Json[]
  readonly wantedForm: readonly Json[]
  readonly liveForm: readonly Json[]
}

/** The place of a widget in a group counts for the group as a whole: among other widgets it would cover one of them. */
const samePlaces = ({ wanted, live }: Lists, pairs: readonly { from: number; to: number }[]): boolean =>
  wanted.length === live.length && pairs.length === wanted.length && pairs.every(({ from, to }) => from === to)

const matched = (lists: Lists, isGroup: boolean): Json[] => {
  const pairs = pairsOf(lists.liveForm, lists.wantedForm)
  const keepsPlaces = isGroup && samePlaces(lists, pairs)
  return lists.wanted.map((widget, index) => {
    const pair = pairs.find(({ to }) => to === index)
    const old = pair === undefined ? undefined : lists.live[pair.from]
    if (!isObject(widget) || pair === undefined || !isObject(old)) return widget
    const place = keepsPlaces && widget.layout === undefined && isObject(old.layout) ? { layout: old.layout } : {}
    const known: JsonObject = { ...(old.id === undefined ? {} : { id: old.id }), ...place, ...widget }
    const inner = innerOf(widget)
    if (inner === undefined) return known
    return withInner(
      known,
      matched(
        {
          wanted: listOf(inner),
          live: listOf(innerOf(old)),
          wantedForm: listOf(innerOf(lists.wantedForm[index])),
          liveForm: listOf(innerOf(lists.liveForm[pair.from])),
        },
        true,
      ),
    )
  })
}

/**
 * A dashboard's widgets with the ids of those that they are in the account, in groups too. Without them each update renews all ids, and
 * links to a widget, its saved views and its comments end.
 *
 * @param wantedForm and `liveForm`: both dashboards in the form in which they are compared, in which the server's defaults don't count.
 */
export const withIdentities = (
  wanted: JsonObject,
  live: JsonObject,
  { wantedForm, liveForm }: { readonly wantedForm: JsonObject; readonly liveForm: JsonObject },
): JsonObject => ({
  ...wanted,
  widgets: matched(
    {
      wanted: listOf(wanted.widgets),
      live: listOf(live.widgets),
      wantedForm: listOf(wantedForm.widgets),
      liveForm: listOf(liveForm.widgets),
    },
    false,
  ),
})
