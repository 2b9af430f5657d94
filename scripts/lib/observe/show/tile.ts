// A tile.

import { type JsonObject, textIn } from '../../_helpers/json.ts'
import type { Placed } from './layout.ts'
import { type Markup, markup } from './markup.ts'
import type { Origin, Scene } from './scene.ts'
import type { Body } from './tiles/body.ts'
import { checkStatus } from './tiles/check-status.ts'
import { note, otherWidget } from './tiles/note.ts'
import { queryValue } from './tiles/query-value.ts'
import { timeseries } from './tiles/timeseries.ts'
import { toplist } from './tiles/toplist.ts'

const kinds: Readonly<Record<string, (definition: JsonObject, title: string, scene: Scene) => Body>> = {
  timeseries,
  query_value: queryValue,
  toplist,
  check_status: checkStatus,
  note,
}

const origins: Readonly<Record<Origin, string>> = {
  sample: 'sample data',
  recorded: 'recorded from the lab machine',
  both: 'partly recorded from the lab machine',
}

/** A positioned widget, with its title and the source of its numbers. */
export const tile = ({ definition, x, y, width, height }: Placed, scene: Scene): Markup => {
  const type = textIn(definition.type) ?? 'unknown widget'
  const title = textIn(definition.title)?.trim() ?? ''
  const draw = Object.hasOwn(kinds, type) ? kinds[type] : undefined
  const body = draw?.(definition, title, scene) ?? otherWidget(type)
  const name = title === '' ? (body.title ?? '') : title
  const origin = body.origin === undefined ? '' : markup`<small class="${body.origin}">${origins[body.origin]}</small>`
  const head = name === '' ? '' : markup`<header><h4 title="${name}">${name}</h4>${origin}</header>`
  // The page's rows are half rows.
  const place = `--x:${x + 1};--y:${y * 2 + 1};--w:${width};--h:${height * 2}`
  return markup`<article class="tile ${body.look ?? ''}" style="${place}">${head}<div class="body">${body.content}</div></article>`
}
