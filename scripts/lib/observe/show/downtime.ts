// A downtime.

import { type JsonObject, objectOf, textIn, textsOf } from '../../_helpers/json.ts'
import { rulesText } from '../summary.ts'
import { handlesIn } from './handles.ts'
import { markdown } from './markdown.ts'
import { type Markup, markup } from './markup.ts'
import type { Resource } from './page-data.ts'

/** The monitors that are silenced. */
const aimOf = (wire: JsonObject): string => {
  const { monitor_tags: tags, monitor_id: id } = objectOf(wire.monitor_identifier)
  if (id !== undefined) return `monitor ${id}`
  const all = textsOf(tags)
  return all.length === 0 || all.includes('*') ? 'every monitor' : `monitors with ${all.join(', ')}`
}

/** One downtime: its message, its hours, and its scope. */
export const downtime = ({ name, wire }: Resource): Markup => {
  const definition = objectOf(wire)
  const rules = rulesText(definition.schedule).map((rule) => markup`<li>${rule}</li>`)
  const scope = textIn(definition.scope) ?? '*'
  const aim = `silences ${aimOf(definition)}${scope === '*' ? '' : ` where ${scope}`}`
  const handles = handlesIn(textIn(definition.message) ?? '')
  const told = handles.length === 0 ? 'tells nobody' : `tells ${handles.join(' ')}`
  return markup`<article class="monitor downtime">
<header><h3>${name}</h3><span class="kind">downtime</span></header>
<div class="text">${markdown(textIn(definition.message) ?? '')}</div>
<ul class="rules">${rules}</ul>
<ul class="pills"><li>${aim}</li><li>${told}</li></ul>
</article>`
}
