// What a template may print.

/** What a template may print. */
export type Value = string | number | boolean

/** Turns a value into one literal of a language. Throws a RangeError that says why when the language has none for it. */
export type Escaper = (value: Value) => string

/** Text that a language keeps as it is or escapes; a NUL no program receives whole (fault 10), half a surrogate no file. */
export const assertText = (text: string): void => {
  if (text.includes('\0')) throw new RangeError('a NUL cannot be written')
  if (/\p{Surrogate}/u.test(text)) throw new RangeError('half of a surrogate pair cannot be written')
}

/** Characters that an editor, a parser or a line-based tool may change: controls, DEL, C1, line separators, BOM, non-characters. */
const fragile = /[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g

/**
 * A double-quoted literal with the backslash escapes that JSON, YAML, HCL, Python and Ruby share: `\\ \" \n \t \r \uXXXX`.
 * Everything printable stays readable.
 */
export const doubleQuoted = (text: string): string => {
  assertText(text)
  const short: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' }
  const escaped = text
    .replaceAll(/[\\"]/g, '\\$&')
    .replaceAll(fragile, (one) => short[one] ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `"${escaped}"`
}
