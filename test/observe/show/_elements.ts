export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

const empty = new Set(['meta', 'br'])
const token = /<!doctype html>|<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?: [a-zA-Z-]+="[^"<>]*")*)\s*(\/?)>|[^<>]+/y

/**
 * Every element of a page, in order. Stricter than any browser: throws where a bracket stands outside a tag, where an attribute is not
 * in double quotes, and where tags do not close in their order.
 */
export const elementsOf = (page: string): Element[] => {
  const style = /<style>[^<]*<\/style>/.exec(page)?.[0] ?? ''
  const text = page.replace(style, '<style></style>')
  const elements: Element[] = []
  const open: string[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const place = token.lastIndex
    const match = token.exec(text)
    if (match === null) throw new Error(`not well formed at: ${text.slice(place, place + 120)}`)
    const [all, close, name, attributes = '', isClosed] = match
    if (name === undefined) {
      if (!all.startsWith('<!') && /&(?!(?:amp|lt|gt|quot|#x27|#x60|#x3D);)/.test(all))
        throw new Error(`bare ampersand: ${all}`)
      continue
    }
    if (close === '/') {
      const last = open.pop()
      if (last !== name) throw new Error(`</${name}> closes <${last}>`)
      continue
    }
    elements.push({
      name,
      attributes: Object.fromEntries(
        [...attributes.matchAll(/ ([a-zA-Z-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
      ),
    })
    if (isClosed !== '/' && !empty.has(name)) open.push(name)
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(' ')}`)
  return elements
}
