// A board with its groups.

import { type JsonObject, numberIn, objectOf, objectsOf, textIn, textsOf } from '../../_helpers/json.ts'
import { columns, layoutOf, placed } from './layout.ts'
import { inlineMarkdown, markdown } from './markdown.ts'
import { type Markup, markup } from './markup.ts'
import type { Resource } from './page-data.ts'
import { toneOf } from './palette.ts'
import type { Scene } from './scene.ts'
import { tile } from './tile.ts'

/** Adjacent widgets: those of a group, or those between two groups. */
interface Section {
  readonly group?: JsonObject
  readonly widgets: readonly JsonObject[]
  readonly width: number
}

const isGroup = (widget: JsonObject): boolean => objectOf(widget.definition).type === 'group'

const sectionsOf = (widgets: readonly JsonObject[]): Section[] => {
  const sections: { group?: JsonObject; widgets: JsonObject[]; width: number }[] = []
  for (const widget of widgets) {
    const definition = objectOf(widget.definition)
    if (isGroup(widget)) {
      const width = layoutOf(widget)?.width ?? columns
      sections.push({ group: definition, widgets: [...objectsOf(definition.widgets)], width })
    } else {
      const last = sections.at(-1)
      if (last !== undefined && last.group === undefined) last.widgets.push(widget)
      else sections.push({ widgets: [widget], width: columns })
    }
  }
  return sections
}

/** From top to bottom and left to right, if every widget has a position. */
const inOrder = (widgets: readonly JsonObject[]): readonly JsonObject[] => {
  const places = new Map(widgets.map((widget) => [widget, layoutOf(widget)]))
  if ([...places.values()].includes(undefined)) return widgets
  const rank = (widget: JsonObject): number => (places.get(widget)?.y ?? 0) * columns + (places.get(widget)?.x ?? 0)
  return widgets.toSorted((a, b) => rank(a) - rank(b))
}

const section = ({ group, widgets, width }: Section, scene: Scene): Markup => {
  const tiles = placed(widgets, width).map((one) => tile(one, scene))
  const grid = markup`<div class="grid" style="--columns:${width}">${tiles}</div>`
  if (group === undefined) return markup`<section class="loose" style="--w:${width}">${grid}</section>`
  const title = group.show_title === false ? '' : (textIn(group.title) ?? '')
  const count = `${widgets.length} ${widgets.length === 1 ? 'widget' : 'widgets'}`
  const head = title === '' ? '' : markup`<header><h3>${title}</h3><small>${count}</small></header>`
  return markup`<section class="group tone ${toneOf(textIn(group.background_color))}" style="--w:${width}">${head}${grid}</section>`
}

const variable = (wire: JsonObject): Markup => {
  const value = textsOf(wire.defaults).join(', ') || textIn(wire.default) || '*'
  return markup`<li><code>$${textIn(wire.name) ?? ''}</code> ${value}</li>`
}

/** The number of widgets, including those in groups. */
export const countWidgets = (wire: unknown): number =>
  objectsOf(objectOf(wire).widgets).reduce(
    (count, widget) => count + (isGroup(widget) ? objectsOf(objectOf(widget.definition).widgets).length : 1),
    0,
  )

/** The board's initial time frame, if it sets one: `Past 4 hours`. */
const range = (definition: JsonObject): Markup | '' => {
  const { type, value, unit } = objectOf(definition.default_timeframe)
  const count = numberIn(value)
  if (type !== 'live' || count === undefined) return ''
  return markup`<span class="range">Past ${count === 1 ? '' : `${count} `}${textIn(unit) ?? ''}${count === 1 ? '' : 's'}</span>`
}

/** One dashboard, drawn with the scene's data. */
export const dashboard = ({ name, wire }: Resource, scene: Scene): Markup => {
  const definition = objectOf(wire)
  const description = textIn(definition.description) ?? ''
  const variables = objectsOf(definition.template_variables).map(variable)
  const tags = textsOf(definition.tags).map((tag) => markup`<li>${inlineMarkdown(tag)}</li>`)
  const pills = variables.length + tags.length === 0 ? '' : markup`<ul class="pills">${variables}${tags}</ul>`
  return markup`<section class="dashboard">
<header class="bar"><div><h2>${textIn(definition.title) ?? name}</h2>${description === '' ? '' : markup`<div class="text">${markdown(description)}</div>`}</div>
<div class="side">${range(definition)}${pills}</div></header>
<div class="board">${sectionsOf(inOrder(objectsOf(definition.widgets))).map((one) => section(one, scene))}</div>
</section>`
}
