// A service check.

import { type JsonObject, textIn, textsOf } from '../../../_helpers/json.ts'
import { markup } from '../markup.ts'
import type { Body } from './body.ts'

/** The state of a service check. A preview shows the state of a healthy box, and the other possible ones. */
export const checkStatus = (definition: JsonObject, title: string): Body => {
  const check = textIn(definition.check) ?? 'service check'
  const tags = textsOf(definition.tags)
  const by = textsOf(definition.group_by)
  const notes = [tags.join(', '), by.length === 0 ? '' : `by ${by.join(', ')}`].filter((note) => note !== '')
  const content = markup`<p class="value"><b>OK</b></p>
<p class="check"><code>${check}</code>${notes.map((note) => markup` <span>${note}</span>`)}</p>
<ul class="states" aria-label="states that the tile can show"><li class="ok">OK</li><li class="warning">Warning</li><li class="error">Critical</li></ul>`
  return { title: title === '' ? check : title, origin: 'sample', look: 'status on-green', content }
}
