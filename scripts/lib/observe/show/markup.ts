// HTML that escapes by itself.

import Handlebars from 'handlebars'

/** HTML or SVG that may stand in the page as it is. Only `markup` makes it. */
export type Markup = InstanceType<typeof Handlebars.SafeString>

export type Content = Markup | string | number | undefined | readonly Content[]

// Characters that neither HTML nor XML allows, and halves of characters.
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|\p{Cs}/gu

const escaped = (content: Content): string => {
  if (typeof content === 'string') return Handlebars.escapeExpression(content.replaceAll(forbidden, '\ufffd'))
  if (content instanceof Handlebars.SafeString) return content.toString()
  if (typeof content === 'object') return content.map(escaped).join('')
  return content === undefined ? '' : String(content)
}

/**
 * A template of HTML or SVG: every value in it is escaped by the template engine's own rule, text and attribute alike, unless it is
 * markup itself; lists are joined. So nothing that comes from JSON can be forgotten.
 */
export const markup = (parts: TemplateStringsArray, ...values: readonly Content[]): Markup =>
  new Handlebars.SafeString(parts.map((part, index) => part + escaped(values[index])).join(''))

/** Text without the characters that a page can't hold, for values that the template escapes itself. */
export const printable = (text: string): string => text.replaceAll(forbidden, '\ufffd')
