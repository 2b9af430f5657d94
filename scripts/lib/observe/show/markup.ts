// HTML that is escaped automatically.

import Handlebars from 'handlebars'

/** HTML or SVG that can be inserted into the page unescaped. Only `markup` creates it. */
export type Markup = InstanceType<typeof Handlebars.SafeString>

export type Content = Markup | string | number | undefined | readonly Content[]

// Characters that neither HTML nor XML allows, and lone surrogates.
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|\p{Cs}/gu

const escaped = (content: Content): string => {
  if (typeof content === 'string') return Handlebars.escapeExpression(content.replaceAll(forbidden, '\ufffd'))
  if (content instanceof Handlebars.SafeString) return content.toString()
  if (typeof content === 'object') return content.map(escaped).join('')
  return content === undefined ? '' : String(content)
}

/**
 * A template for HTML or SVG. Every value, in text or an attribute, is escaped by the template engine's own rule,
 * unless it is markup itself; lists are joined. So no value from JSON can be left unescaped.
 */
export const markup = (parts: TemplateStringsArray, ...values: readonly Content[]): Markup =>
  new Handlebars.SafeString(parts.map((part, index) => part + escaped(values[index])).join(''))

/** Text without characters that a page can't contain, for values that the template itself escapes. */
export const printable = (text: string): string => text.replaceAll(forbidden, '\ufffd')
