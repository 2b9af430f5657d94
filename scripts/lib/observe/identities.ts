// Sends back widgets' ids.

import { isObject, listOf } from '../_helpers/json.ts'
import type { Json, JsonObject } from './json-object.ts'
import { pairsOf } from './pairs.ts'

const innerOf = (widget: Json | undefined): Json | undefined =>
  isObject(widget) && isObject(widget.definition) ? widget.definition.widgets : undefined

const withInner = (widget: JsonObject, inner: readonly Json[]): JsonObject =>
  isObject(widget.definition) ? { ...widget, definition: { ...widget.definition, widgets: inner } } : widget

/** The widgets of one list in three forms: as they will be sent, and both sides in the form for comparison. */
interface Lists {
  readonly wanted: readonly Json[]
  readonly live: readonly Json[]
  readonly wantedForm: readonly Json[]
  readonly liveForm: readonly Json[]
}

/** Whether a group's widgets can keep their positions: only if all of them are in place, or one could cover another. */
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
 * A dashboard's widgets with the ids they have in the account, including those in groups. Without ids, each update
 * would assign new ones, and break links to widgets, saved views and comments.
 *
 * @param wantedForm and `liveForm`: both dashboards in the form for comparison, in which the server's defaults don't
 *   count.
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
