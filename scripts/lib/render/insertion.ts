// The position of a value within a line.

import type { Language } from './rendered-box.ts'

/** The text around a value in its template. */
export interface Insertion {
  /** The logical line up to the value: continued lines of shell and units are joined. */
  readonly before: string
  /** The first character after the value; empty at the end. */
  readonly after: string
}

const blockTags = '(?:\\{\\{~?[#/^!][^}]*\\}\\}|\\{\\{~?else[^}]*\\}\\})+'
const blocksAtEnd = new RegExp(`${blockTags}$`)
const blocksAtStart = new RegExp(`^${blockTags}`)

/** The text around `start` to `end` (UTF-16 offsets of the whole expression); `{{#if}}` and the like print nothing and don't count. */
export const insertionAt = (template: string, start: number, end: number): Insertion => {
  const joined = template.slice(0, start).replaceAll(/\\\r?\n/g, '  ')
  const line = joined.slice(joined.lastIndexOf('\n') + 1)
  return { before: line.replace(blocksAtEnd, ''), after: template.slice(end).replace(blocksAtStart, '').slice(0, 1) }
}

const comments: Readonly<Partial<Record<Language, string>>> = { sql: '--', json: '' }

/** Walks a line and says whether its end lies in a comment, in an open quote or in neither. */
const stateOf = (line: string, language: Language): 'comment' | 'quote' | 'code' => {
  // Earlier values and blocks of the template are complete literals or empty.
  const text = line.replaceAll(/\{\{.*?\}\}/g, ' ')
  const mark = comments[language] ?? '#'
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const one = text[i] ?? ''
    if (one === '\\' && quote !== "'") i += 1
    else if (quote !== '') quote = one === quote ? '' : quote
    else if (mark !== '' && text.startsWith(mark, i) && (i === 0 || /\s/.test(text[i - 1] ?? ''))) return 'comment'
    // An apostrophe inside a YAML word opens nothing.
    else if ((one === '"' || one === "'") && (language !== 'yaml' || /[\s,[{:-]/.test(text[i - 1] ?? ' '))) quote = one
  }
  return quote === '' ? 'code' : 'quote'
}

/** In XML, values are not literals: they belong in text or between the quotes of an attribute, and nowhere else. */
export const xmlProblem = (before: string): string | undefined => {
  const text = before.replaceAll(/\{\{!--[\s\S]*?--\}\}|\{\{.*?\}\}/g, ' ')
  const inside = (open: string, close: string): boolean => text.lastIndexOf(open) > text.lastIndexOf(close)
  if (inside('<!--', '-->')) return 'a value in a comment: two dashes in it would end the comment'
  if (inside('<![CDATA[', ']]>')) return 'a value in CDATA, where nothing is escaped: write it as plain text'
  if (!inside('<', '>')) return undefined
  const open = text.slice(text.lastIndexOf('<')).replaceAll(/"[^"]*"|'[^']*'/g, ' ')
  return /["']/.test(open) ? undefined : 'a value in a tag: put quotes around it in the template'
}

/**
 * Why a value is misplaced in a template: escaping makes it a literal with its own quotes, which is wrong inside other quotes, a comment
 * or a word. Looks at one logical line; openedProblem covers what earlier lines have opened.
 */
export const insertionProblem = (language: Language, { before, after }: Insertion): string | undefined => {
  if (['text', 'unit', 'xml', 'ini', 'pem'].includes(language)) return undefined
  const state = stateOf(before, language)
  if (state === 'comment') return 'a value in a comment: a line break in it would end the comment'
  if (state === 'quote') return 'a value inside quotes: it comes with its own, remove those of the template'
  if (language === 'shell') return undefined
  const [left, right] = [before.at(-1) ?? '', after]
  const isolated =
    language === 'yaml' ? /^[\s[{,]?$/.test(left) && /^[\s\]},:]?$/.test(right) : !/[\w"']/.test(left + right)
  return isolated ? undefined : 'a value joined to other text: it is a complete literal, put the text into the value'
}
