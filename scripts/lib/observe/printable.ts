// Makes text from an account safe for a terminal.

import { BoxhoundError, type ErrorDetails } from '../_helpers/errors.ts'

/**
 * Control characters, marks that change the text direction or are invisible, line and paragraph separators, lone
 * surrogates.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const otherBlank = /(?! )\p{Zs}/gu

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const escaped = (sign: string): string => {
  const code = (sign.codePointAt(0) ?? 0).toString(16)
  return named[sign] ?? (code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`)
}

/** Cuts text at a number of characters; a cut text ends with `…`. */
export const cut = (text: string, limit: number): string => {
  const signs = [...text]
  return signs.length <= limit ? text : `${signs.slice(0, Math.max(limit - 1, 0)).join('')}…`
}

/**
 * Text from an account for a terminal: on one line, without control characters or invisible ones.
 *
 * @param limit maximum number of characters.
 */
export const printable = (text: string, limit = Number.POSITIVE_INFINITY): string =>
  cut(text.replaceAll(hidden, escaped), limit)

/** The same for text that is compared with another: texts that differ only in whitespace must not look alike. */
export const exact = (text: string): string =>
  printable(text)
    .replaceAll(otherBlank, escaped)
    .replace(/ +$/, (blanks) => '·'.repeat(blanks.length))

const printableLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => printable(line))
    .join('\n')

/** Makes an error printable: any part of it may contain names or text from the account. The line breaks are our own. */
export const printableError = (error: unknown): unknown => {
  if (!(error instanceof BoxhoundError)) return error
  const details: ErrorDetails = Object.fromEntries(
    Object.entries(error.details).map(([name, value]) => [
      name,
      typeof value === 'string' ? printableLines(value) : value,
    ]),
  )
  return new BoxhoundError(error.code, printableLines(error.message), details)
}
