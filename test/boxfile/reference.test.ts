import { readFileSync } from 'node:fs'
import test from 'ava'
import { parse } from 'yaml'
import { boxSchema } from '../../scripts/lib/box/json-schema.ts'
import { explainsItself, keysOf, referenceOf, type Shape } from '../../scripts/lib/box/reference.ts'

const keys = keysOf(boxSchema())
const nameOf = ({ path }: { readonly path: readonly string[] }): string => path.join('.')

test('each key of a box file has a description', (t) => {
  t.true(keys.length > 60)
  t.deepEqual(keys.filter(({ shape }) => (shape.description ?? '').length < 4).map(nameOf), [])
})

test('each key has an example, unless its values are listed or it is a map whose keys are told', (t) => {
  t.deepEqual(
    keys.filter((key) => (key.shape.examples ?? []).length === 0 && !explainsItself(key, keys)).map(nameOf),
    [],
  )
})

test('each example has the form that its own key demands', (t) => {
  const wrong = keys.flatMap((key) =>
    (key.shape.examples ?? []).filter((example) => !fits(example, key.shape)).map((one) => `${nameOf(key)}: ${one}`),
  )
  t.deepEqual(wrong, [])
})

/** Type, pattern and listed values; bounds and the rules of zod are not in a JSON Schema. */
const fits = (value: unknown, shape: Shape): boolean => {
  const { type, pattern, anyOf = [], oneOf = [], items } = shape
  if (anyOf.length > 0) return anyOf.some((one) => fits(value, one))
  if (shape.enum !== undefined) return shape.enum.includes(value)
  if (shape.const !== undefined) return shape.const === value
  if (type === 'string') return typeof value === 'string' && new RegExp(pattern ?? '', 'u').test(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'number') return typeof value === 'number'
  if (type === 'boolean') return typeof value === 'boolean'
  if (type === 'array') return Array.isArray(value) && value.every((one) => fits(one, items ?? {}))
  return type === undefined || oneOf.length > 0 || (typeof value === 'object' && value !== null)
}

test('a key below alternatives, lists and maps of free names is found once', (t) => {
  const leaf: Shape = { type: 'string', description: 'a leaf' }
  const schema: Shape = {
    properties: {
      free: { type: 'object', additionalProperties: { anyOf: [{ properties: { leaf } }, { type: 'null' }] } },
      list: { type: 'array', items: { properties: { leaf }, required: ['leaf'] } },
      either: { anyOf: [{ properties: { leaf } }, { properties: { leaf, other: leaf } }] },
    },
  }
  t.deepEqual(keysOf(schema).map(nameOf), [
    'free',
    'free.NAME.leaf',
    'list',
    'list.leaf',
    'either',
    'either.leaf',
    'either.other',
  ])
})

test('a bar in a description does not end the cell, and examples are YAML', (t) => {
  const page = referenceOf({
    properties: { one: { type: 'object', description: 'a | b', examples: [{ x: ['a:b'] }] }, two: { type: 'string' } },
  })
  t.regex(page, /\| `one` \| a \\\| b \| `(.+)` \|/)
  t.deepEqual(parse(/a \\\| b \| `(.+?)` \|/.exec(page)?.[1] ?? ''), { x: ['a:b'] })
})

test('guide/box-file.md is the reference of this schema', (t) => {
  t.is(readFileSync(new URL('../../guide/box-file.md', import.meta.url), 'utf8'), referenceOf(boxSchema()))
})
