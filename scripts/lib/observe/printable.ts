// An account's words as a terminal may get them.

import { BoxhoundError, type ErrorDetails } from '../_helpers/errors.ts'

/** Controls of both sets, marks that turn the direction of text or take no room, breaks of lines and paragraphs, halves of a character. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const otherBlank = /(?! )\p{Zs}/gu

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const escaped = (sign: string): string => {
  const code = (sign.codePointAt(0) ?? 0).toString(16)
  return named[sign] ?? (code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`)
}

/** Cuts text at a number of characters; what is cut ends with `…`. */
export const cut = (text: string, limit: number): string => {
  const signs = [...text]
  return signs.length <= limit ? text : `${signs.slice(0, Math.max(limit - 1, 0)).join('')}…`
}

/**
 * Text of an account as a terminal may get it: on one line, and with nothing that the terminal would obey or that nobody sees.
 *
 * @param limit characters that are shown at most.
 */
export const printable = (text: string, limit = Number.POSITIVE_INFINITY): string =>
  cut(text.replaceAll(hidden, escaped), limit)

/** The same for text that is compared with another one: what differs in a blank only must not look alike. */
export const exact = (text: string): string =>
  printable(text)
    .replaceAll(otherBlank, escaped)
    .replace(/ +$/, (blanks) => '·'.repeat(blanks.length))

const printableLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => printable(line))
    .join('\n')

/** An error whose words are printable: names and what the account said may stand in any of them. Its line breaks are ours. */
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
