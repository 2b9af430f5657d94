// Replaces two values in a box file and keeps the rest.

import { isScalar, type Scalar, stringify } from 'yaml'
import { BoxhoundError } from '../_helpers/errors.ts'
import { parseSource } from '../box/read.ts'
import { nodeAt, type Source } from '../box/source.ts'

/** The two values of `base` that belong together. */
export interface ImageValues {
  readonly image: string
  readonly sha256: string
}

const keys = ['image', 'sha256'] as const

const editError = (path: string, message: string, found: string): BoxhoundError =>
  new BoxhoundError('E_BOX_EDIT', message, {
    file: path,
    expected: 'base.image and base.sha256 as plain or quoted strings on one line',
    found,
    next: 'write both into the file by hand: --dry-run shows them',
  })

const scalarAt = (source: Source, key: string): Scalar.Parsed => {
  const node = nodeAt(source, ['base', key])
  if (isScalar(node) && node.range) return node as Scalar.Parsed
  throw editError(
    source.path,
    `cannot replace the value of base.${key}`,
    node === undefined ? 'nothing' : 'something else',
  )
}

/** A value in the quotes that the old one had; in double ones where it would be read as something else without. */
const written = (value: string, { type }: Scalar.Parsed): string => {
  if (type === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(value)
  // In a flow map a comma or bracket ends a plain value; the parser's own rules tell the rest, a digest of digits only for one.
  const plain = stringify(value, { lineWidth: 0 }).trimEnd()
  return plain === value && !/[,[\]{}]/.test(value) ? value : JSON.stringify(value)
}

/** What the file says besides the two values: to see that an edit changed nothing else. */
const rest = ({ value }: Source): string => {
  const { base, ...others } = value as { base: Record<string, unknown> }
  return JSON.stringify([others, { ...base, image: '', sha256: '' }])
}

/**
 * The text of a box file with another image and digest: everything else stays to the letter, comments, quotes and ends of line too.
 *
 * @param path how errors name the file.
 * @throws BoxhoundError E_BOX_EDIT when the values stand there in a way that can't be replaced in place.
 */
export const withImage = (text: string, values: ImageValues, path: string): string => {
  const source = parseSource(text, path)
  const edits = keys
    .map((key) => ({ key, node: scalarAt(source, key) }))
    .sort((a, b) => b.node.range[0] - a.node.range[0])
  let edited = text
  for (const { key, node } of edits) {
    const [from, to] = node.range
    if (/\n/.test(text.slice(from, to))) throw editError(path, `base.${key} spans several lines`, 'a multi-line value')
    edited = edited.slice(0, from) + written(values[key], node) + edited.slice(to)
  }
  const after = parseSource(edited, path)
  const same = keys.every((key) => scalarAt(after, key).value === values[key]) && rest(after) === rest(source)
  if (!same)
    throw editError(
      path,
      'the two values cannot be replaced without changing something else',
      'an unusual way to write them',
    )
  return edited
}
