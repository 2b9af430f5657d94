// A downtime.

import { rulesText } from '../summary.ts'
import { handlesIn } from './handles.ts'
import { type Json, record, text, texts } from './json-fields.ts'
import { markdown } from './markdown.ts'
import { type Markup, markup } from './markup.ts'
import type { Resource } from './page-data.ts'

/** The monitors that are silenced. */
const aimOf = (wire: Json): string => {
  const { monitor_tags: tags, monitor_id: id } = record(wire.monitor_identifier)
  if (id !== undefined) return `monitor ${id}`
  const all = texts(tags)
  return all.length === 0 || all.includes('*') ? 'every monitor' : `monitors with ${all.join(', ')}`
}

/** One downtime: its message, its hours, and its scope. */
export const downtime = ({ name, wire }: Resource): Markup => {
  const definition = record(wire)
  const rules = rulesText(definition.schedule).map((rule) => markup`<li>${rule}</li>`)
  const scope = text(definition.scope) ?? '*'
  const aim = `silences ${aimOf(definition)}${scope === '*' ? '' : ` where ${scope}`}`
  const handles = handlesIn(text(definition.message) ?? '')
  const told = handles.length === 0 ? 'tells nobody' : `tells ${handles.join(' ')}`
  return markup`<article class="monitor downtime">
<header><h3>${name}</h3><span class="kind">downtime</span></header>
<div class="text">${markdown(text(definition.message) ?? '')}</div>
<ul class="rules">${rules}</ul>
<ul class="pills"><li>${aim}</li><li>${told}</li></ul>
</article>`
}
