// Finds secrets in the options of a check or a database.

import type { OptionValue } from './option.ts'
import { lineAndColumn, type Problem } from './problems.ts'
import { isPlaceholder, isSecretName } from './secret-names.ts'
import { secretShapes } from './secret-shapes.ts'
import { type Path, type Source, valueOffset } from './source.ts'
import { pathName } from './validate.ts'

interface Found {
  readonly path: Path
  readonly what: string
  readonly length: number
}

const shapes: readonly (readonly [what: string, shape: RegExp])[] = [
  ['a private key', new RegExp(secretShapes.privateKey)],
  ['a login inside an address', new RegExp(secretShapes.login, 'i')],
]

const inText = (text: string, name: string, path: Path): Found[] => {
  const shaped = shapes.find(([, shape]) => shape.test(text))
  if (shaped !== undefined) return [{ path, what: shaped[0], length: text.length }]
  return isSecretName(name) && !isPlaceholder(text)
    ? [{ path, what: `a literal value of "${name}"`, length: text.length }]
    : []
}

/** @param name of the value; items of a list have that of the list. */
const inValue = (value: OptionValue, name: string, path: Path): Found[] => {
  if (typeof value === 'string') return inText(value, name, path)
  if (typeof value === 'number')
    return /pass|pwd/i.test(name) && isSecretName(name)
      ? [{ path, what: `a literal value of "${name}"`, length: String(value).length }]
      : []
  if (typeof value === 'boolean') return []
  if (Array.isArray(value)) return value.flatMap((item: OptionValue, index) => inValue(item, name, [...path, index]))
  return Object.entries(value).flatMap(([key, item]) => inValue(item, key, [...path, key]))
}

/** Same comment as in files of an image (render/secrets.ts). */
const cleared = /\bboxhound: no secret\b/

/** Secrets in an option's value, at any depth: by the shape of the text and by the names of its keys. None is repeated in a message. */
export const secretProblems = (source: Source, value: OptionValue, name: string, path: Path): Problem[] =>
  inValue(value, name, path).flatMap(({ path: at, what, length }) => {
    const offset = valueOffset(source, at)
    const line = source.text.split('\n')[lineAndColumn(source.text, offset).line - 1] ?? ''
    if (cleared.test(line)) return []
    return [
      {
        offset,
        message: `${pathName(at)} holds ${what}`,
        expected: 'no secret in a box file: every copy of the image would carry it',
        found: `${length} characters, not shown`,
        next: 'have the Agent resolve it with a secret backend (ENC[HANDLE]), or write it at first boot (guide/keys.md); if it is not a secret, end the line with a comment: boxhound: no secret',
      },
    ]
  })
