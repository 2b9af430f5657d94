// A monitor.

import { type JsonObject, numberIn, objectOf, textIn, textsOf } from '../../_helpers/json.ts'
import { handlesIn } from './handles.ts'
import { markdown } from './markdown.ts'
import { type Markup, markup } from './markup.ts'
import { type MessagePart, messageParts, stateLabel } from './message.ts'
import type { Resource } from './page-data.ts'
import { thresholdBar } from './threshold-bar.ts'

const levels: readonly (readonly [RegExp, string])[] = [
  [/^not /, 'every'],
  [/recovery/, 'ok'],
  [/alert/, 'error'],
  [/warn/, 'warning'],
  [/no_data|unknown/, 'unknown'],
]

const levelOf = (state: string): string => levels.find(([name]) => name.test(state))?.[1] ?? 'every'

const part = ({ state, text: words }: MessagePart): Markup =>
  markup`<div class="part ${state === undefined ? 'every' : levelOf(state)}"><b>${state === undefined ? 'every state' : stateLabel(state)}</b><div class="text">${markdown(words)}</div></div>`

/** Other settings that affect when a monitor alerts, in words. */
export const optionNotes = (options: JsonObject): string[] => {
  const minutes = numberIn(options.no_data_timeframe)
  const again = numberIn(options.renotify_interval)
  return [
    options.notify_no_data === true && minutes !== undefined ? `no data after ${minutes} min` : '',
    options.notify_no_data === true && minutes === undefined ? 'no data is told' : '',
    again !== undefined && again > 0 ? `told again every ${again} min` : '',
    options.require_full_window === false ? 'judges a window that is not full, too' : '',
    textIn(options.on_missing_data) === undefined ? '' : `missing data: ${textIn(options.on_missing_data)}`,
  ].filter((words) => words !== '')
}

/** One monitor: query, thresholds, and its message in each state. */
export const monitor = ({ name, wire }: Resource): Markup => {
  const definition = objectOf(wire)
  const notes = optionNotes(objectOf(definition.options)).map((words) => markup`<li>${words}</li>`)
  const tags = textsOf(definition.tags).map((tag) => markup`<li>${tag}</li>`)
  const message = textIn(definition.message) ?? ''
  const parts = messageParts(message)
  const handles = handlesIn(message)
  const notified = handles.length === 0 ? 'notifies nobody' : `notifies ${handles.join(' ')}`
  return markup`<article class="monitor">
<header><h3>${textIn(definition.name) ?? name}</h3><span class="kind">${textIn(definition.type) ?? 'monitor'}</span></header>
<pre class="query"><code>${textIn(definition.query) ?? ''}</code></pre>
${thresholdBar(definition)}
<ul class="pills"><li>${notified}</li>${notes}${tags}</ul>
${parts.length === 0 ? markup`<p class="empty">no message</p>` : markup`<div class="message">${parts.map(part)}</div>`}
</article>`
}
