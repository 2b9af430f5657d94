// A list of the highest values.

import { type JsonObject, listOf, numberIn, objectOf, objectsOf } from '../../../_helpers/json.ts'
import { groupNames } from '../group-name.ts'
import { markup } from '../markup.ts'
import { formatQuantity } from '../quantity.ts'
import { numbersOf, readRequest } from '../request.ts'
import { originOf, type Scene, windowOf } from '../scene.ts'
import type { Body } from './body.ts'

/** Groups ordered by value, each with a bar. */
export const toplist = (definition: JsonObject, title: string, scene: Scene): Body => {
  const request = readRequest(objectsOf(definition.requests)[0] ?? {})
  const queries = [...request.queries.values()]
  const limit = objectOf(objectOf(listOf(request.wire.formulas)[0]).limit)
  const direction = limit.order === 'asc' ? -1 : 1
  const rows = numbersOf(request, scene, windowOf(queries, scene))
    .flatMap(({ label, series, quantity }) =>
      series.flatMap(({ tags, points }) => points.map(([, value]) => ({ label, tags, value, quantity }))),
    )
    .sort((a, b) => (b.value - a.value) * direction)
    .slice(0, Math.max(1, numberIn(limit.count) ?? 10))
  const names = groupNames(rows.map(({ tags }) => tags))
  const most = rows.reduce((largest, { value }) => Math.max(largest, Math.abs(value)), 0) || 1
  const bars = rows.map(({ label, value, quantity }, index) => {
    const name = names[index] || label
    const width = Math.round((Math.abs(value) / most) * 1000) / 10
    return markup`<li title="${name}: ${formatQuantity(value, quantity)}"><b>${formatQuantity(value, quantity)}</b><span><i class="c0" style="width:${width}%"></i><em>${name}</em></span></li>`
  })
  return {
    title: title === '' ? (queries[0] ?? 'toplist') : title,
    origin: originOf(queries, scene),
    content: rows.length === 0 ? markup`<p class="empty">no data</p>` : markup`<ol class="toplist">${bars}</ol>`,
  }
}
