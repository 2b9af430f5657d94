// A template context that throws on missing names.

import { nearest } from '../box/nearest.ts'
import { markedAs } from './structure.ts'

/** A name that a template uses and the context lacks; `path` as in the template. */
export class MissingName extends Error {
  readonly path: string
  readonly known: readonly string[]

  constructor(path: string, known: readonly string[]) {
    const best = nearest(path.split('.').at(-1) ?? '', known)
    const names = `known: ${known.join(', ')}`
    const none = path.startsWith('check.options.')
      ? 'add it to options in check.yaml'
      : 'there are no names here; remove it'
    super(
      known.length === 0
        ? none
        : best === undefined
          ? `one of ${known.join(', ')}`
          : `did you mean "${best}"? ${names}`,
    )
    this.path = path
    this.known = known
  }
}

/**
 * A proxy of plain data that throws MissingName for every name it lacks, also in `#if`, `#each` and arguments of helpers, where Handlebars'
 * strict mode renders nothing (fault 13). Only own properties count; `undefined` counts as missing.
 */
export const guard = (value: unknown, path = ''): unknown => {
  if (typeof value !== 'object' || value === null) return value
  const below = (name: string | number) => (path === '' ? String(name) : `${path}.${name}`)
  const copy: object = Array.isArray(value)
    ? value.map((item, index) => guard(item, below(index)))
    : Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== undefined)
          .map(([name, item]) => [name, guard(item, below(name))]),
      )
  return new Proxy(markedAs(value, copy), {
    get: (target, name, receiver) => {
      // Handlebars compares a loop's item with the surrounding context by `!=`, which reads this property.
      if (name === Symbol.toPrimitive) return () => '[context]'
      if (typeof name === 'string' && !Object.hasOwn(target, name)) {
        if (Array.isArray(target) && name in Array.prototype) return Reflect.get(target, name, receiver)
        throw new MissingName(below(name), Object.keys(target))
      }
      return Reflect.get(target, name, receiver)
    },
  })
}
