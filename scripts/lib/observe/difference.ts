import { equal } from './canonical.ts'
import { isObject, type Json, type JsonObject, textOf } from './json.ts'

/** One field that differs; undefined where a side has none. */
export interface Field {
  /** E.g. `options.thresholds.critical` or `widgets[2].definition.title`. */
  readonly path: string
  readonly from: Json | undefined
  readonly to: Json | undefined
}

export interface DifferenceOptions {
  /** Whether a field counts that only the account has; `path` has `*` for places in a list. */
  readonly counts: (path: string) => boolean
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

const plain = (path: string): string => path.replaceAll(/\[\d+\]/g, '.*')

/** Items of a list paired by equality; what is left on both sides is paired in order while the numbers agree. */
const listFields = (from: readonly Json[], to: readonly Json[], path: string, options: DifferenceOptions): Field[] => {
  if (from.length === to.length)
    return to.flatMap((item, index) => fields(from[index], item, `${path}[${index}]`, options))
  const gone = from.flatMap((item, index) => (to.some((other) => equal(item, other)) ? [] : [{ item, index }]))
  const come = to.flatMap((item, index) => (from.some((other) => equal(item, other)) ? [] : [{ item, index }]))
  if (gone.length === come.length && gone.length === 0) return [{ path, from: [...from], to: [...to] }]
  return [
    ...gone.map(({ item, index }) => ({ path: `${path}[${index}]`, from: item, to: undefined })),
    ...come.map(({ item, index }) => ({ path: `${path}[${index}]`, from: undefined, to: item })),
  ]
}

const fields = (from: Json | undefined, to: Json | undefined, path: string, options: DifferenceOptions): Field[] => {
  if (to === undefined) return options.counts(plain(path)) ? [{ path, from, to }] : []
  if (from === undefined) return [{ path, from, to }]
  if (Array.isArray(from) && Array.isArray(to)) return listFields(from, to, path, options)
  if (isObject(from) && isObject(to))
    return [...new Set([...Object.keys(to), ...Object.keys(from)])].flatMap((name) =>
      fields(from[name], to[name], join(path, name), options),
    )
  return equal(from, to) ? [] : [{ path, from, to }]
}

/** Field by field what would have to change for `from`, as the account has it, to become `to`; both canonical. */
export const difference = (from: JsonObject, to: JsonObject, options: DifferenceOptions): Field[] =>
  fields(from, to, '', options)

/** A value on one line: text as it is, a widget by its title, anything else as JSON, cut at `width` characters. */
export const shownValue = (value: Json | undefined, width = 60): string => {
  if (value === undefined) return '(nothing)'
  const definition = isObject(value) && isObject(value.definition) ? value.definition : value
  const title = isObject(definition) ? textOf(definition.title) || textOf(definition.type) : ''
  const text = title !== '' ? `"${title}"` : JSON.stringify(value)
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}
