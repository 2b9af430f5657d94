// A board with its groups.

import { type Json, number, record, records, text, texts } from './json-fields.ts'
import { columns, layoutOf, placed } from './layout.ts'
import { inlineMarkdown, markdown } from './markdown.ts'
import { type Markup, markup } from './markup.ts'
import type { Resource } from './page-data.ts'
import { toneOf } from './palette.ts'
import type { Scene } from './scene.ts'
import { tile } from './tile.ts'

/** Adjacent widgets: those of a group, or those between two groups. */
interface Section {
  readonly group?: Json
  readonly widgets: readonly Json[]
  readonly width: number
}

const isGroup = (widget: Json): boolean => record(widget.definition).type === 'group'

const sectionsOf = (widgets: readonly Json[]): Section[] => {
  const sections: { group?: Json; widgets: Json[]; width: number }[] = []
  for (const widget of widgets) {
    const definition = record(widget.definition)
    if (isGroup(widget)) {
      const width = layoutOf(widget)?.width ?? columns
      sections.push({ group: definition, widgets: [...records(definition.widgets)], width })
    } else {
      const last = sections.at(-1)
      if (last !== undefined && last.group === undefined) last.widgets.push(widget)
      else sections.push({ widgets: [widget], width: columns })
    }
  }
  return sections
}

/** From top to bottom and left to right, if every widget has a position. */
const inOrder = (widgets: readonly Json[]): readonly Json[] => {
  const places = new Map(widgets.map((widget) => [widget, layoutOf(widget)]))
  if ([...places.values()].includes(undefined)) return widgets
  const rank = (widget: Json): number => (places.get(widget)?.y ?? 0) * columns + (places.get(widget)?.x ?? 0)
  return widgets.toSorted((a, b) => rank(a) - rank(b))
}

const section = ({ group, widgets, width }: Section, scene: Scene): Markup => {
  const tiles = placed(widgets, width).map((one) => tile(one, scene))
  const grid = markup`<div class="grid" style="--columns:${width}">${tiles}</div>`
  if (group === undefined) return markup`<section class="loose" style="--w:${width}">${grid}</section>`
  const title = group.show_title === false ? '' : (text(group.title) ?? '')
  const count = `${widgets.length} ${widgets.length === 1 ? 'widget' : 'widgets'}`
  const head = title === '' ? '' : markup`<header><h3>${title}</h3><small>${count}</small></header>`
  return markup`<section class="group tone ${toneOf(text(group.background_color))}" style="--w:${width}">${head}${grid}</section>`
}

const variable = (wire: Json): Markup => {
  const value = texts(wire.defaults).join(', ') || text(wire.default) || '*'
  return markup`<li><code>$${text(wire.name) ?? ''}</code> ${value}</li>`
}

/** The number of widgets, including those in groups. */
export const countWidgets = (wire: unknown): number =>
  records(record(wire).widgets).reduce(
    (count, widget) => count + (isGroup(widget) ? records(record(widget.definition).widgets).length : 1),
    0,
  )

/** The board's initial time frame, if it sets one: `Past 4 hours`. */
const range = (definition: Json): Markup | '' => {
  const { type, value, unit } = record(definition.default_timeframe)
  const count = number(value)
  if (type !== 'live' || count === undefined) return ''
  return markup`<span class="range">Past ${count === 1 ? '' : `${count} `}${text(unit) ?? ''}${count === 1 ? '' : 's'}</span>`
}

/** One dashboard, drawn with the scene's data. */
export const dashboard = ({ name, wire }: Resource, scene: Scene): Markup => {
  const definition = record(wire)
  const description = text(definition.description) ?? ''
  const variables = records(definition.template_variables).map(variable)
  const tags = texts(definition.tags).map((tag) => markup`<li>${inlineMarkdown(tag)}</li>`)
  const pills = variables.length + tags.length === 0 ? '' : markup`<ul class="pills">${variables}${tags}</ul>`
  return markup`<section class="dashboard">
<header class="bar"><div><h2>${text(definition.title) ?? name}</h2>${description === '' ? '' : markup`<div class="text">${markdown(description)}</div>`}</div>
<div class="side">${range(definition)}${pills}</div></header>
<div class="board">${sectionsOf(inOrder(records(definition.widgets))).map((one) => section(one, scene))}</div>
</section>`
}
