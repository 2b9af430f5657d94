// Adds a name to a list in the box file.

import { isDeepStrictEqual } from 'node:util'
import { isMap, isNode, isSeq, type YAMLMap, type YAMLSeq } from 'yaml'
import { BoxhoundError } from '../_helpers/errors.ts'
import { isObject, listOf, objectAt } from '../_helpers/json.ts'
import { parseSource } from '../box/read.ts'
import { nodeAt, type Source } from '../box/source.ts'

const editError = (path: string, list: string, name: string): BoxhoundError =>
  new BoxhoundError('E_BOX_EDIT', `observe.${list} cannot be edited without changing something else`, {
    file: path,
    expected: `observe: { ${list}: [${name}] }`,
    found: 'a form that can’t be edited safely',
    next: 'add the name by hand, then run it again',
    exitCode: 2,
  })

const insert = (text: string, at: number, more: string): string => text.slice(0, at) + more + text.slice(at)

const indentAt = (text: string, at: number): string => /[^\n]*$/.exec(text.slice(0, at))?.[0].replace(/\S.*$/, '') ?? ''

const intoList = (text: string, list: YAMLSeq, name: string): string | undefined => {
  const [start = 0, end = 0] = list.range ?? []
  if (list.flow === true) {
    const close = text.lastIndexOf(']', end)
    return insert(text, text.slice(0, close).trimEnd().length, list.items.length === 0 ? name : `, ${name}`)
  }
  const last = list.items.at(-1)
  const [from = start, to = end] = isNode(last) ? (last.range ?? []) : []
  const column = text.lastIndexOf('-', from)
  return insert(text, to, `\n${indentAt(text, column + 1)}- ${name}`)
}

const intoMap = (text: string, map: YAMLMap, list: string, name: string): string | undefined => {
  const [start = 0] = map.range ?? []
  const entry = `${list}: [${name}]`
  if (map.flow === true) return insert(text, start + 1, map.items.length === 0 ? ` ${entry} ` : ` ${entry},`)
  const [first] = map.items
  const [at] = isNode(first?.key) ? (first.key.range ?? []) : []
  return at === undefined ? undefined : insert(text, at, `${entry}\n${indentAt(text, at)}`)
}

const edited = (source: Source, text: string, list: string, name: string): string | undefined => {
  const names = nodeAt(source, ['observe', list])
  if (isSeq(names)) return intoList(text, names, name)
  const observe = nodeAt(source, ['observe'])
  if (names === undefined && isMap(observe)) return intoMap(text, observe, list, name)
  return observe === undefined ? `${text.replace(/\n*$/, '\n')}observe: { ${list}: [${name}] }\n` : undefined
}

/**
 * The text of a box file with one more name in a list under `observe`; everything else stays exactly as it is.
 *
 * @throws BoxhoundError E_BOX_EDIT (exit code 2) if that isn't possible.
 */
export const withName = (text: string, list: 'boards' | 'exports', name: string, path: string): string => {
  const source = parseSource(text, path)
  const before = isObject(source.value) ? source.value : {}
  const observe = objectAt(before, 'observe')
  const wanted = { ...before, observe: { ...observe, [list]: [...listOf(observe[list]), name] } }
  const after = edited(source, text, list, name)
  if (after === undefined || !isDeepStrictEqual(parseSource(after, path).value, wanted))
    throw editError(path, list, name)
  return after
}
