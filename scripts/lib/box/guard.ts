// Size and depth before parsing.

import { Lexer } from 'yaml'
import { excerpt } from './excerpt.ts'
import type { Problem } from './problems.ts'
import { isKeyName } from './secret-names.ts'

/** More than any box file needs; larger files are not read at all. */
export const maximumBytes = 64 * 1024
const maximumDepth = 24

const plainScalar = '\u001f'

/** Plain scalars that aren't strings lose nothing to a comment. */
const notText = /^(?:[-+]?[0-9][0-9._]*|true|false|null|~)$/i

/**
 * Rejects what the YAML parser must not see, since it would recurse without bound (fault 9), silently cut a value (faults 6 and 10) or change
 * the meaning of words (fault 4). Loops over the lexer's tokens, without recursion.
 */
export const guardText = (source: string): Problem[] => {
  const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(source)
  if (control !== null)
    return [
      {
        offset: control.index,
        message: control[0] === '\0' ? 'a NUL byte' : 'a control character',
        expected: 'printable text',
        found: `U+${control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
        next: 'remove it: a shell would silently cut the value there',
      },
    ]
  const problems: Problem[] = []
  let offset = 0
  let flow = 0
  let indicators = 0
  let key = ''
  let last = { text: '', plain: false, offset: 0 }
  let isScalar = false
  for (const token of new Lexer().lex(source)) {
    if (token === plainScalar) {
      isScalar = true
      continue
    }
    if (token.length === 1 && '\u0002\u0018\ufeff'.includes(token)) {
      if (token === '\ufeff') offset += 1
      continue
    }
    if (isScalar) last = { text: token, plain: true, offset }
    else if (token === '[' || token === '{') flow += 1
    else if (token === ']' || token === '}') flow -= 1
    else if (token === '-' || token === '?') indicators += 1
    else if (token === ':') key = last.text
    else if (token.startsWith('\n') || token.startsWith('\r\n')) {
      indicators = 0
      last = { ...last, plain: false }
    } else if (token.startsWith('%'))
      problems.push({
        offset,
        message: 'a YAML directive',
        expected: 'YAML 1.2 without directives',
        found: excerpt(token),
        next: 'remove the line: %YAML 1.1 would turn words such as no and on into booleans',
      })
    else if (token.startsWith('#') && last.plain && !notText.test(last.text))
      problems.push(...cutValue(last, token, key))
    isScalar = false
    if (flow > maximumDepth || indicators > maximumDepth)
      return [
        {
          offset,
          message: `nested more than ${maximumDepth} levels deep`,
          expected: `at most ${maximumDepth} levels`,
          found: 'more',
          next: 'flatten it: a box file needs five levels',
        },
      ]
    offset += token.length
  }
  return problems
}

/** `abc #d` reads as `abc`: a comment has a space after `#`, and a secret is never guessed (fault 6). */
const cutValue = (value: { text: string; offset: number }, comment: string, key: string): Problem[] =>
  /^#\S/.test(comment) || isKeyName(key)
    ? [
        {
          offset: value.offset,
          message: 'a value that ends at a #',
          expected: 'a quoted value, or a space after the # of a comment',
          found: isKeyName(key) ? 'an unquoted value followed by #' : excerpt(`${value.text} ${comment}`),
          next: 'quote the whole value if the # belongs to it; write "# " if it starts a comment',
        },
      ]
    : []
