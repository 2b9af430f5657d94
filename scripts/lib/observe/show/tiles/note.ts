// A note.

import { type JsonObject, numberIn, textIn } from '../../../_helpers/json.ts'
import { markdown } from '../markdown.ts'
import { markup } from '../markup.ts'
import { toneOf } from '../palette.ts'
import type { Body } from './body.ts'

const alignments = ['left', 'center', 'right']

/** Text in Markdown. */
export const note = (definition: JsonObject): Body => {
  const size = Math.max(10, Math.min(48, numberIn(definition.font_size) ?? 14))
  const align = alignments.find((one) => one === definition.text_align) ?? 'left'
  return {
    look: `note tone ${toneOf(textIn(definition.background_color))}`,
    content: markup`<div class="text ${align}" style="font-size:${size}px">${markdown(textIn(definition.content) ?? '')}</div>`,
  }
}

/** A widget of another type: its space is kept, and the page says what it doesn't draw. */
export const otherWidget = (type: string): Body => ({
  title: type,
  look: 'other',
  content: markup`<p class="empty"><code>${type}</code> not drawn here</p>`,
})
