// Types and fields from the official client.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { BoxhoundError } from '../../_helpers/errors.ts'
import { isObject } from '../../_helpers/json.ts'

export type Version = 'v1' | 'v2'

/** What the client knows about a model's field. */
export interface Attribute {
  /** The field's name in JSON. */
  readonly baseName: string
  /** In the client's notation: `string`, `Array<Widget>`, `{ [key: string]: any; }`. */
  readonly type: string
  readonly required?: boolean
  /** `int64`, `double`, `date-time`, and so on. */
  readonly format?: string
}

const require = createRequire(import.meta.url)
const packages = '@datadog/datadog-api-client/dist/packages'
const addressOf = (version: Version, name: string): string => `${packages}/datadog-api-client-${version}/models/${name}`

const loaded = new Map<string, unknown>()

/** Node caches modules too, but looks for the file on every call. */
const load = (address: string): unknown => {
  if (loaded.has(address)) return loaded.get(address)
  try {
    const all: unknown = require(address)
    loaded.set(address, all)
    return all
  } catch (cause) {
    throw new BoxhoundError('E_CLIENT', 'Datadog’s API client cannot be loaded', {
      expected: 'the package @datadog/datadog-api-client',
      found: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause),
      next: 'install it with: npm install',
      exitCode: 3,
      cause,
    })
  }
}

/** The exports of the file that describes a type: the class with the type's name, or an enum's values. */
export const modelExports = (version: Version, name: string): Readonly<Record<string, unknown>> => {
  const all = load(addressOf(version, `${name}.js`))
  // In CommonJS, a class is exported as a property of a plain object.
  return isObject(all) ? all : {}
}

/** The fields of a model's class, by the client's own names; undefined if the value is no such class. */
export const attributesOf = (value: unknown): Readonly<Record<string, Attribute>> | undefined => {
  if (typeof value !== 'function' || !('getAttributeTypeMap' in value)) return undefined
  return typeof value.getAttributeTypeMap === 'function' ? value.getAttributeTypeMap() : undefined
}

/** The members of a union, which the client lists only in its type declarations. */
export const unionMembers = (version: Version, name: string): readonly string[] => {
  const text = readFileSync(require.resolve(addressOf(version, `${name}.d.ts`)), 'utf8')
  const [, members = ''] = new RegExp(`^export declare type ${name} = (.*);$`, 'm').exec(text) ?? []
  return members.split(' | ').filter((member) => member !== '' && member !== 'UnparsedObject')
}

/** Parses JSON as the client does. @throws the client's errors: a missing field, a wrong type. */
export const deserialize = (version: Version, json: unknown, type: string): unknown => {
  const all = load(addressOf(version, 'ObjectSerializer.js'))
  const serializer = isObject(all) ? all.ObjectSerializer : undefined
  if (
    typeof serializer !== 'function' ||
    !('deserialize' in serializer) ||
    typeof serializer.deserialize !== 'function'
  )
    throw new BoxhoundError('E_CLIENT', 'Datadog’s API client has no ObjectSerializer.deserialize', {
      next: 'compare the version of @datadog/datadog-api-client with package-lock.json',
      exitCode: 3,
    })
  return serializer.deserialize(json, type, '')
}

/** Whether the client could not parse a value. */
export const isUnparsed = (value: unknown): boolean => {
  const common = load(`${packages}/datadog-api-client-common/util.js`)
  const unparsed = isObject(common) ? common.UnparsedObject : undefined
  if (typeof unparsed === 'function' && value instanceof unparsed) return true
  return isObject(value) && value._unparsed === true
}
