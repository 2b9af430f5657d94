// Markdown of notes.

import { type Markup, markup } from './markup.ts'

const inline =
  /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)|(\{\{[^{}]{1,80}\}\})|(?<![\w@.])(@[\w.+-]+(?:@[\w.-]+)?\w)/g

/** Only web addresses become links; `javascript:` and the like stay text. */
const link = (label: string, address: string): Markup => {
  const isWeb = /^https?:\/\//i.test(address) && URL.canParse(address)
  return isWeb ? markup`<a href="${address}" rel="noreferrer">${label}</a>` : markup`${label}`
}

/** A line's bold, italic, code and links; also marks `{{value}}` and `@handle`, as used in monitors. */
export const inlineMarkdown = (line: string): Markup => {
  const parts: Markup[] = []
  let end = 0
  for (const match of line.matchAll(inline)) {
    const [all, code, bold, slanted, label, address, variable, handle] = match
    parts.push(markup`${line.slice(end, match.index)}`)
    end = match.index + all.length
    if (code !== undefined) parts.push(markup`<code>${code}</code>`)
    else if (bold !== undefined) parts.push(markup`<strong>${inlineMarkdown(bold)}</strong>`)
    else if (slanted !== undefined) parts.push(markup`<em>${inlineMarkdown(slanted)}</em>`)
    else if (label !== undefined) parts.push(link(label, address ?? ''))
    else if (variable !== undefined) parts.push(markup`<code class="variable">${variable}</code>`)
    else parts.push(markup`<span class="handle">${handle}</span>`)
  }
  return markup`${parts}${line.slice(end)}`
}

const bullet = /^\s*(?:[-*+]|\d+[.)])\s+/

const block = (lines: readonly string[]): Markup => {
  const [first = ''] = lines
  const [, marks, title] = /^(#{1,6})\s+(.*)$/.exec(first) ?? []
  if (marks !== undefined && title !== undefined)
    return markup`<p class="title${marks.length}">${inlineMarkdown(title)}</p>${lines.length > 1 ? block(lines.slice(1)) : ''}`
  const start = lines.findIndex((line) => bullet.test(line))
  if (start > 0) return markup`${block(lines.slice(0, start))}${block(lines.slice(start))}`
  if (start === 0) {
    const items: string[] = []
    // A line without a bullet continues the previous item.
    for (const line of lines)
      if (bullet.test(line)) items.push(line.replace(bullet, ''))
      else items.push(`${items.pop() ?? ''} ${line.trim()}`)
    const entries = items.map((item) => markup`<li>${inlineMarkdown(item)}</li>`)
    return /^\s*\d/.test(first) ? markup`<ol>${entries}</ol>` : markup`<ul>${entries}</ul>`
  }
  return markup`<p>${lines.map((line, index) => markup`${index === 0 ? '' : markup`<br/>`}${inlineMarkdown(line)}`)}</p>`
}

/**
 * The subset of Markdown used in notes and messages: paragraphs, headings, lists, bold, italic, code, links. Anything
 * else is text.
 */
export const markdown = (source: string): Markup =>
  markup`${source
    .split(/\n\s*\n/)
    .map((part) => part.split('\n').filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0)
    .map(block)}`
