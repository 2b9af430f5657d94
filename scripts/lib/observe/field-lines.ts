// Formats fields that differ, for the terminal.

import { isObject, textOf } from '../_helpers/json.ts'
import type { Paint } from '../report/terminal.ts'
import type { Field } from './difference.ts'
import { placeIn } from './field-path.ts'
import type { Json } from './json-object.ts'
import { type Line, lineDifference } from './lines.ts'
import { definitionOf } from './pairs.ts'
import { cut, exact, printable } from './printable.ts'

/** Indentation of everything below a change. */
export const inset = ' '.repeat(8)
/** Paths up to this length are aligned in a column. */
const column = 28

/** A value on one line, cut at `width` characters: a widget by its title or type, anything else as JSON. */
export const shownValue = (value: Json | undefined, width = Number.POSITIVE_INFINITY): string => {
  if (value === undefined) return '(nothing)'
  const definition = definitionOf(value)
  const title = isObject(definition) ? textOf(definition.title) || textOf(definition.type) : ''
  return cut(exact(JSON.stringify(title === '' ? value : title)), width)
}

const firstDifference = (a: readonly string[], b: readonly string[]): number => {
  const index = a.findIndex((sign, place) => sign !== b[place])
  return index < 0 ? a.length : index
}

/** Cuts a long text around the first difference from the other, so that the two never look the same. */
const cutAround = (text: string, other: string, width: number): string => {
  const signs = [...text]
  const begin = Math.max(firstDifference(signs, [...other]) - Math.floor(width / 3), 0)
  if (begin === 0) return cut(text, width)
  return `…${cut(signs.slice(begin).join(''), width - 1)}`
}

/** The line with the longest common beginning with `text`. */
const likest = (text: string, others: readonly string[]): string => {
  const alike = (other: string): number => firstDifference([...text], [...other])
  return others.reduce((best, other) => (alike(other) > alike(best) ? other : best), others[0] ?? '')
}

const sidesLines = (olds: readonly string[], fresh: readonly string[], paint: Paint, width: number): string[] => {
  const room = Math.max(width - inset.length - 4, 20)
  const fitted = (text: string, others: readonly string[]): string =>
    text.length <= room ? text : cutAround(text, likest(text, others), room)
  return [
    ...olds.map((text) => paint('red', `${inset}  - ${fitted(text, fresh)}`)),
    ...fresh.map((text) => paint('green', `${inset}  + ${fitted(text, olds)}`)),
  ]
}

/** Consecutive changed lines: the old ones, then the new ones. */
const blocksOf = (lines: readonly Line[]): Line[][] => {
  const blocks: Line[][] = []
  for (const line of lines) {
    const last = blocks.at(-1)
    const isChanged = (one: Line | undefined): boolean => one?.mark === '-' || one?.mark === '+'
    if (last !== undefined && isChanged(line) && isChanged(last[0])) last.push(line)
    else blocks.push([line])
  }
  return blocks
}

const textLines = (from: string, to: string, paint: Paint, width: number): string[] =>
  blocksOf(lineDifference(from, to)).flatMap((block) => {
    const [first] = block
    if (first?.mark === '…') return [paint('dim', `${inset}    …`)]
    if (first?.mark === ' ') return [paint('dim', `${inset}    ${printable(first.text, Math.max(width - 12, 20))}`)]
    const of = (mark: Line['mark']) => block.filter((line) => line.mark === mark).map(({ text }) => exact(text))
    return sidesLines(of('-'), of('+'), paint, width)
  })

/** Both values on one line each. If they share a title, they are shown in full. */
const shownBoth = (from: Json, to: Json): readonly [string, string] => {
  const [old, fresh] = [shownValue(from), shownValue(to)]
  return old === fresh ? [exact(JSON.stringify(from)), exact(JSON.stringify(to))] : [old, fresh]
}

/** A field with a readable name. */
interface NamedField extends Field {
  readonly label: string
}

const fieldLines = (
  { label, from, to, movedFrom }: NamedField,
  paint: Paint,
  width: number,
  padding: number,
): string[] => {
  const name = `${inset}${printable(label, Math.max(width - inset.length, 20))}`
  const head = `${name.padEnd(inset.length + padding)}  `
  const onOneLine = (text: string): boolean => head.length + text.length <= width
  if (movedFrom !== undefined)
    return [
      `${head}${shownValue(to, Math.max(width - head.length - 24, 12))} ${paint('yellow', `moved, was ${printable(placeIn(movedFrom))}`)}`,
    ]
  if (from === undefined || to === undefined) {
    const [mark, style, value] = to === undefined ? (['-', 'red', from] as const) : (['+', 'green', to] as const)
    const text = shownValue(value)
    if (onOneLine(`${mark} ${text}`)) return [`${head}${paint(style, `${mark} ${text}`)}`]
    return [name, ...(mark === '-' ? sidesLines([text], [], paint, width) : sidesLines([], [text], paint, width))]
  }
  if (typeof from === 'string' && typeof to === 'string' && `${from}${to}`.includes('\n'))
    return [name, ...textLines(from, to, paint, width)]
  const [old, fresh] = shownBoth(from, to)
  return onOneLine(`${old} → ${fresh}`)
    ? [`${head}${paint('red', old)} → ${paint('green', fresh)}`]
    : [name, ...sidesLines([old], [fresh], paint, width)]
}

/**
 * Each field that differs: on one line if both values fit, otherwise one line for each, and multi-line text line by
 * line.
 *
 * @param labelOf a field's readable name.
 */
export const fieldsLines = (
  fields: readonly Field[],
  paint: Paint,
  width: number,
  labelOf: (field: Field) => string = ({ path }) => path,
): string[] => {
  const named = fields.map((field): NamedField => ({ ...field, label: labelOf(field) }))
  const lengths = named.map(({ label }) => label.length).filter((length) => length <= column)
  return named.flatMap((field) => fieldLines(field, paint, width, Math.max(0, ...lengths)))
}
