// Contradictions inside the definition of one typed option.

import type { Contradiction } from './contradiction.ts'
import type { OptionDefinition } from './option-schema.ts'
import { schemaOf } from './option-value.ts'
import { matches, slowPattern } from './pattern.ts'

type Path = Contradiction['path']

type Text = Extract<OptionDefinition, { type: 'string' }>
type Numeric = Extract<OptionDefinition, { minimum?: number | undefined }>
type Collection = Extract<OptionDefinition, { minItems?: number | undefined }>

const ofText = ({ default: value, pattern, values }: Text, at: Path): Contradiction[] => {
  const path = [...at, 'default']
  if (value !== undefined && values !== undefined && !values.includes(value))
    return [{ path, message: `one of its own values: ${values.join(', ')}` }]
  if (value === undefined || pattern === undefined) return []
  const found = matches(pattern, value)
  if (found === 'slow')
    return [{ path: [...at, 'pattern'], message: 'a pattern that finishes matching', next: slowPattern }]
  return found ? [] : [{ path, message: `text that matches its own pattern: ${pattern}` }]
}

const ofNumber = ({ default: value, minimum, maximum }: Numeric, at: Path): Contradiction[] => {
  const path = [...at, 'default']
  return [
    ...(minimum !== undefined && maximum !== undefined && minimum > maximum
      ? [{ path: [...at, 'minimum'], message: `a number below maximum, which is ${maximum}` }]
      : []),
    ...(value !== undefined && minimum !== undefined && value < minimum
      ? [{ path, message: `a number no lower than its own minimum, ${minimum}` }]
      : []),
    ...(value !== undefined && maximum !== undefined && value > maximum
      ? [{ path, message: `a number no higher than its own maximum, ${maximum}` }]
      : []),
  ]
}

/** A default that its own definition would refuse, at any depth. */
const ofDefault = (option: Collection, at: Path): Contradiction[] => {
  if (option.default === undefined) return []
  const { error } = schemaOf(option).safeParse(option.default)
  return (error?.issues ?? []).slice(0, 1).map((issue) => ({
    path: [...at, 'default', ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))],
    message:
      issue.code === 'unrecognized_keys' ? `no field that "fields" lacks: ${issue.keys.join(', ')}` : issue.message,
  }))
}

const ofShape = (option: Collection, at: Path): Contradiction[] => {
  if (option.type === 'list') return []
  const { of, fields, keys } = option
  if ((of === undefined) === (fields === undefined))
    return [{ path: at, message: 'either of, the type of every value, or fields, the names and their types' }]
  if (fields !== undefined && Object.keys(fields).length === 0)
    return [{ path: [...at, 'fields'], message: 'at least one field' }]
  return fields !== undefined && keys !== undefined
    ? [{ path: [...at, 'keys'], message: 'no keys beside fields: the names are known' }]
    : []
}

const ofCollection = (option: Collection, at: Path): Contradiction[] => {
  const shape = ofShape(option, at)
  if (shape.length > 0) return shape
  const { minItems: least, maxItems: most } = option
  const inside = [
    ...(option.of === undefined ? [] : contradictionsOf(option.of, [...at, 'of'])),
    ...(option.type === 'list'
      ? []
      : Object.entries(option.fields ?? {}).flatMap(([name, field]) =>
          contradictionsOf(field, [...at, 'fields', name]),
        )),
    ...(least !== undefined && most !== undefined && least > most
      ? [{ path: [...at, 'minItems'], message: `a number no higher than maxItems, which is ${most}` }]
      : []),
  ]
  return inside.length > 0 ? inside : ofDefault(option, at)
}

/** What contradicts itself in an option's definition, at any depth. */
export const contradictionsOf = (option: OptionDefinition, at: Path): Contradiction[] => {
  if (option.type === 'boolean') return []
  if (option.type === 'string') return ofText(option, at)
  return option.type === 'list' || option.type === 'map' ? ofCollection(option, at) : ofNumber(option, at)
}
