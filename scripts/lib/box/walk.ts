// Rejects values with keys, NUL or a partial ENC[].

import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml'
import { excerpt } from './excerpt.ts'
import { lineAndColumn, type Problem } from './problems.ts'
import { findKeys } from './secrets.ts'

/** @param name of the value. */
const scalarProblems = (node: Scalar, text: string, name: string): Problem[] => {
  const [offset = 0, end = 0] = node.range ?? []
  const written = text.slice(offset, end)
  if (node.type === 'PLAIN' && /^[-+]?0[0-9_]+$/.test(written))
    return [
      {
        offset,
        message: 'a number with a leading zero',
        expected: 'a number without leading zeros, or a quoted string',
        found: `${written}, which YAML 1.2 reads as ${Number(written)} and YAML 1.1 as octal`,
        next: `write ${Number(written.replaceAll('_', ''))}, or where text is wanted, quote it: "${written}"`,
      },
    ]
  if (typeof node.value !== 'string') return []
  const { value } = node
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value))
    return [
      {
        offset,
        message: value.includes('\0') ? 'a NUL in a value' : 'a control character in a value',
        expected: 'printable text',
        found: excerpt(written),
        next: 'remove it: a shell would silently cut the value there',
      },
    ]
  if (value.includes('ENC[') && !/^ENC\[[^\]]+\]$/.test(value))
    return [
      {
        offset,
        message: 'ENC[…] is only part of the value',
        expected: 'ENC[handle] as the whole value: the Agent resolves nothing else',
        found: excerpt(written),
        next: 'let the secret backend return the whole value',
      },
    ]
  // The raw text is scanned as well; it doesn't show what an escape such as \x61 spells, nor the name above a list.
  const keys = findKeys(value, name)
  if (keys.length === 0 || findKeys(text.slice(0, end)).some((key) => key.offset >= offset)) return []
  return keys.map((key) => keyProblem(key, offset))
}

/** Rejects what looks like a key, without repeating it (fault 22). */
const keyProblem = ({ length, variable }: ReturnType<typeof findKeys>[number], offset: number): Problem => ({
  offset,
  message: `what looks like a Datadog ${variable === 'DD_API_KEY' ? 'API' : 'application'} key`,
  expected: 'no secret in a box file: an image carries no key',
  found: `${length} characters, not shown`,
  next: `remove it, revoke the key, and pass a new one at run time in ${variable}; if it is not a key, use a name that doesn't suggest one`,
})

const mapProblems = (node: YAMLMap, text: string): Problem[] => {
  const seen = new Map<string, number>()
  return node.items.flatMap((pair) => {
    const key = pair.key
    if (!isScalar(key)) {
      const offset = (isMap(key) || isSeq(key) || isAlias(key) ? key.range?.[0] : undefined) ?? node.range?.[0] ?? 0
      const written = text.slice(node.range?.[0] ?? 0, node.range?.[1] ?? 0).trim()
      return [
        {
          offset: written.startsWith('{{') ? (node.range?.[0] ?? offset) : offset,
          message: written.startsWith('{{') ? 'a template that was never rendered' : 'a key that is not a word',
          expected: written.startsWith('{{') ? 'a value' : 'a name before the colon',
          found: excerpt(written),
          next: 'write the value itself; quote text that starts with a brace or a bracket',
          fatal: true,
        },
      ]
    }
    const name = String(key.value)
    const offset = key.range?.[0] ?? 0
    const first = seen.get(name)
    seen.set(name, first ?? offset)
    // What holds the parsed values would lose this name without a word.
    if (name === '__proto__')
      return [
        {
          offset,
          message: 'a name that JavaScript keeps for itself',
          expected: 'any other name',
          found: name,
          next: 'rename it',
        },
      ]
    const below = [...scalarProblems(key, text, 'key'), ...nodeProblems(pair.value as Node | null, text, name)]
    if (first === undefined) return below
    const place = lineAndColumn(text, first)
    const duplicate = {
      offset,
      message: `duplicate key "${name}"`,
      expected: 'each key once',
      found: `"${name}" here and at line ${place.line}, column ${place.column}`,
      next: 'remove one of the two',
    }
    return [duplicate, ...below]
  })
}

const nodeProblems = (node: Node | null, text: string, name = ''): Problem[] => {
  if (isAlias(node) || (node !== null && 'anchor' in node && node.anchor !== undefined))
    return [
      {
        offset: node.range?.[0] ?? 0,
        message: isAlias(node) ? 'a YAML alias' : 'a YAML anchor',
        expected: 'values written out: nested aliases grow exponentially',
        found: isAlias(node) ? `*${node.source}` : `&${node.anchor}`,
        next: 'repeat the value',
        fatal: true,
      },
    ]
  if (isMap(node)) return mapProblems(node, text)
  if (isSeq(node)) return node.items.flatMap((item) => nodeProblems(item as Node | null, text, name))
  return isScalar(node) ? scalarProblems(node, text, name) : []
}

/** Finds everything in a parsed document that YAML allows and a box file doesn't, also in comments: faults 3, 5, 7, 8, 10, 11 and 22. */
export const walk = (contents: Node | null, text: string): Problem[] => [
  ...nodeProblems(contents, text),
  ...findKeys(text).map((key) => keyProblem(key, key.offset)),
]
