// Rejects values in here-documents, multi-line strings and comments.

import { xmlProblem } from './insertion.ts'
import type { Language } from './rendered-box.ts'

/** A construct that may span several lines: a quoted string or a comment. */
interface Block {
  readonly open: string
  readonly close: string
  readonly what: string
  /** Whether a backslash escapes the next character. */
  readonly escapes: boolean
}

interface Grammar {
  /** Longer marks first. */
  readonly blocks: readonly Block[]
  /** Comments to the end of the line; sticky. */
  readonly comment: RegExp
  /** Start of a here-document, its delimiter in the group `word`; sticky. */
  readonly heredoc?: RegExp
}

const quotes = (open: string, escapes = true, close = open): Block => ({
  open,
  close,
  escapes,
  what: 'a multi-line string',
})
const remark = (open: string, close: string): Block => ({
  open,
  close,
  escapes: false,
  what: 'a multi-line comment',
})

const hash = /#[^\n]*/y
const hashOrSlashes = /(?:#|\/\/)[^\n]*/y
const heredoc = /<<[-~]?[ \t]*(["'`]?)(?<word>[A-Za-z_]\w*)\1/y

/** In JSON, units and apt sources, nothing spans lines. */
const grammars: Readonly<Partial<Record<Language, Grammar>>> = {
  shell: {
    blocks: [quotes("$'", true, "'"), quotes("'", false), quotes('"')],
    comment: /(?<![^\s;&|(])#[^\n]*/y,
    heredoc: /(?<!<)<<-?[ \t]*(["']?)\\?(?<word>[A-Za-z_]\w*)\1/y,
  },
  python: { blocks: [quotes('"""'), quotes("'''"), quotes('"'), quotes("'")], comment: hash },
  hcl: { blocks: [quotes('"'), remark('/*', '*/')], comment: hashOrSlashes, heredoc },
  ruby: { blocks: [remark('\n=begin', '\n=end'), quotes('"'), quotes("'"), quotes('`')], comment: hash, heredoc },
  sql: {
    blocks: [quotes("'"), quotes('"'), quotes('`', false), remark('/*', '*/')],
    comment: /(?:#|--(?=\s))[^\n]*/y,
  },
  'apt-conf': { blocks: [quotes('"', false), remark('/*', '*/')], comment: hashOrSlashes },
}

/** Template values are complete literals, and Handlebars blocks and comments print nothing: none of them opens anything. */
const withoutTags = (template: string): string =>
  template.replaceAll(/\{\{!--[\s\S]*?--\}\}|\{\{.*?\}\}/g, (tag) => tag.replaceAll(/[^\n]/g, ' '))

const matchAt = (pattern: RegExp | undefined, text: string, at: number): RegExpExecArray | undefined => {
  if (pattern === undefined) return undefined
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

/** End of a block that begins at `at`; undefined if still open at the end of the text. */
const endOfBlock = (text: string, at: number, { open, close, escapes }: Block): number | undefined => {
  for (let i = at + open.length; i < text.length; i += 1) {
    if (escapes && text[i] === '\\') i += 1
    else if (text.startsWith(close, i)) return i + close.length
  }
  return undefined
}

/** The line break that ends the here-documents starting after the one at `at`; undefined if one is still open at the end of the text. */
const endOfHeredocs = (text: string, at: number, words: readonly string[]): number | undefined => {
  let from = at + 1
  for (const word of words) {
    // The last line is incomplete: it may continue.
    const lines = text.slice(from).split('\n').slice(0, -1)
    const index = lines.findIndex((line) => line.trim() === word)
    if (index < 0) return undefined
    from += lines.slice(0, index + 1).join('\n').length + 1
  }
  return from - 1
}

const openedIn = (text: string, { blocks, comment, heredoc: begin }: Grammar): string | undefined => {
  const pending: string[] = []
  for (let at = 0; at < text.length; ) {
    const skipped = matchAt(comment, text, at)
    const word = matchAt(begin, text, at)
    const block = blocks.find(({ open }) => text.startsWith(open, at))
    if (text[at] === '\n' && pending.length > 0) {
      const end = endOfHeredocs(text, at, pending.splice(0))
      if (end === undefined) return 'a here-document'
      at = end
    } else if (skipped !== undefined) at += skipped[0].length
    else if (word !== undefined) {
      pending.push(word.groups?.word ?? '')
      at += word[0].length
    } else if (block !== undefined) {
      const end = endOfBlock(text, at, block)
      // insertionProblem covers one that was opened on the value's own line.
      if (end === undefined) return text.slice(at + 1).includes('\n') ? block.what : undefined
      at = end
    } else at += text[at] === '\\' ? 2 : 1
  }
  return undefined
}

const indentOf = (line: string): number => line.length - line.trimStart().length

/** The column that a block scalar's text is indented beyond, if a line begins one. */
const blockScalar = (line: string): number | undefined => {
  const [, marks = '', rest = ''] = /^(\s*(?:-\s+)*)(.*)$/.exec(line) ?? []
  if (!/(?:^|[\s:])[|>][-+\d]{0,2}(?:\s+#.*)?$/.test(rest)) return undefined
  return /^[|>]/.test(rest) && marks.includes('-') ? marks.lastIndexOf('-') : marks.length
}

const plainEnd = /(?:^|[:,[{-])\s*(?:[&!][^\s]+\s*)*$/

/** Whether the literal at the start of a line continues a plain scalar of the previous line. */
const goesOn = (lines: readonly string[], own: string): boolean => {
  const before = lines.findLast((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
  if (own.trim() !== '' || before === undefined || indentOf(before) >= own.length) return false
  return !plainEnd.test(before.replace(/\s#.*$/, '').trimEnd())
}

/** Quotes only matter where a scalar begins. */
const quoteOpen = (text: string): boolean => {
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const [one = '', left = ''] = [text[at], text[at - 1]]
    if (quote === '"' && one === '\\') at += 1
    else if (quote !== '') quote = one === quote ? '' : quote
    else if (one === '#' && /^\s?$/.test(left)) at += text.slice(at).search(/\n|$/)
    else if (/["']/.test(one) && /^$|[\s,[{:-]/.test(left)) quote = one
  }
  return quote !== ''
}

const openedInYaml = (text: string): string | undefined => {
  const lines = text.split('\n')
  const own = lines.pop() ?? ''
  const outside: string[] = []
  let scalar: number | undefined
  for (const line of [...lines, `${own}x`]) {
    if (scalar !== undefined && (line.trim() === '' || indentOf(line) > scalar)) continue
    scalar = blockScalar(line)
    outside.push(line)
  }
  // The value's own line was dropped as part of one.
  if (outside.length === 0 || outside.at(-1) !== `${own}x`) return 'a block scalar'
  const earlier = outside.slice(0, -1)
  if (quoteOpen(`${earlier.join('\n')}\n`)) return 'a multi-line string'
  return goesOn(earlier, own) ? 'a multi-line plain scalar' : undefined
}

const opened = (language: Language, text: string): string | undefined => {
  const grammar = grammars[language]
  if (language === 'yaml') return openedInYaml(text)
  return grammar === undefined ? undefined : openedIn(text, grammar)
}

/**
 * Why a value is misplaced because of an earlier line of its template: in a here-document, a multi-line string or a comment, its literal is
 * not one.
 *
 * @param before all of the template up to the value.
 */
export const openedProblem = (language: Language, before: string): string | undefined => {
  if (language === 'xml') return xmlProblem(before)
  const what = opened(language, withoutTags(before))
  return what === undefined
    ? undefined
    : `a value in ${what}, where literals have no meaning: move it to the place of a value`
}
