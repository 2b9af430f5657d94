// A value in a systemd unit.

import { assertText, type Value } from './value.ts'

/**
 * How a value stands in a systemd unit (systemd.syntax):
 * `quoted` inside double quotes that the template wrote, `item` where a whole item may be quoted, `word` joined to other characters,
 * `plain` in a setting that takes the rest of the line as it is.
 */
export type UnitPlace = 'quoted' | 'item' | 'word' | 'plain'

/** Settings whose value systemd splits into items and unquotes. */
const splits =
  /^(?:Exec\w+|Environment|PassEnvironment|UnsetEnvironment|LogExtraFields|ImportCredential|ReadWritePaths|ReadOnlyPaths|InaccessiblePaths|BindPaths|BindReadOnlyPaths|StandardInputText)$/

/**
 * Finds out from what the template says before a value on the same line, and the character after it.
 *
 * @param before the line's text up to the value.
 */
export const unitPlace = (before: string, after: string): { place: UnitPlace; dollar: boolean } => {
  const [, setting = ''] = /^\s*(\w+)\s*=/.exec(before) ?? []
  // `$` starts a variable in commands only; in Environment= it has no meaning.
  const dollar = /^Exec/.test(setting)
  const quotes = before.replaceAll(/\\./g, '').match(/"/g)?.length ?? 0
  if (quotes % 2 === 1) return { place: 'quoted', dollar }
  if (!splits.test(setting)) return { place: 'plain', dollar }
  const whole = /\s$|^\s*\w+\s*=[-@:+!|]*$/.test(before) && /^(?:\s|$)/.test(after)
  return { place: whole ? 'item' : 'word', dollar }
}

const inQuotes = (text: string, dollar: boolean): string => {
  const short: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' }
  const escaped = text
    .replaceAll(/[\\"]/g, '\\$&')
    .replaceAll(/[\x01-\x1f\x7f]/g, (one) => short[one] ?? `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replaceAll('%', '%%')
  return dollar ? escaped.replaceAll('$', '$$$$') : escaped
}

/** A value in a systemd unit: `%` never starts a specifier, `$` never a variable, no quote or line break ends the item (fault 16). */
export const unit = (value: Value, { place, dollar }: { place: UnitPlace; dollar: boolean }): string => {
  const text = String(value)
  assertText(text)
  if (/\p{Noncharacter_Code_Point}/u.test(text))
    throw new RangeError('systemd ignores a line with a character that is none')
  if (place === 'quoted') return inQuotes(text, dollar)
  if (place === 'item') return `"${inQuotes(text, dollar)}"`
  if (place === 'word') {
    if (/^[A-Za-z0-9_./:@+,-]+$/.test(text)) return text
    throw new RangeError('this value needs quotes around the whole item: write "NAME={{value}}"')
  }
  if (text === '' || /[\x01-\x1f\x7f]|^\s|\s$|\\$|^["'#;]/.test(text))
    throw new RangeError(
      'this setting cannot hold an empty value, a line break, blanks at an end, a quote or comment sign at the start or a backslash at the end',
    )
  return text.replaceAll('%', '%%')
}
