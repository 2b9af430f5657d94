// JSON from outside, of unknown shape.

/** An object whose members have not been checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Parses a text; undefined if it is not JSON. */
export const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Maximum nesting of a document from a guest or server; deeper ones are useless and could overflow the stack. */
const deepest = 128

/** The index after the value that begins with a bracket at `start`; undefined if it never ends or is too deep. Linear time. */
const endOfValue = (text: string, start: number): number | undefined => {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const one = text[at]
    if (one === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1
    } else if (one === '[' || one === '{') {
      depth += 1
      if (depth > deepest) return undefined
    } else if (one === ']' || one === '}') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return undefined
}

/**
 * Parses JSON from outside.
 *
 * @throws SyntaxError if it is not JSON, or nested too deeply.
 */
export const parseForeign = (text: string): unknown => {
  const start = text.search(/\S/)
  if (/[[{]/.test(text[start] ?? '') && endOfValue(text, start) === undefined)
    throw new SyntaxError(`the document is incomplete or nested more than ${deepest} levels deep`)
  return JSON.parse(text)
}

/**
 * The JSON document at the end of a text. Skips everything before the first bracket from which a document extends to the
 * end. Scans the text only a few times, whatever brackets it contains.
 *
 * @returns undefined if there is none.
 */
export const documentIn = (output: string): unknown => {
  const text = output.trimEnd()
  let budget = 8 * text.length + 1_000_000
  for (const { index } of text.matchAll(/[[{]/g)) {
    // The text before it may contain brackets, such as "[INFO] …".
    if (!/^[[{]\s*(?:["[{\]}]|-?\d|true|false|null)/.test(text.slice(index, index + 200))) continue
    const end = endOfValue(text, index)
    budget -= (end ?? text.length) - index
    if (budget < 0) return undefined
    if (end !== text.length) continue
    try {
      return JSON.parse(text.slice(index))
    } catch {
      // No document starts here.
    }
  }
  return undefined
}

/** True for an object, but not for a list or null. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// Readers of unchecked data: missing values and those of another type become empty, never an error.

/** The value if it is an object, else an empty one. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** An object's member that is itself an object; an empty one if there is none. */
export const objectAt = (value: unknown, key: string): JsonObject => objectOf(objectOf(value)[key])

/** The type of `T`'s members if it is a list; keeps their type if it is known. */
type Member<T> = unknown extends T ? unknown : Extract<T, readonly unknown[]>[number]

/** A list’s members; none if it is not a list. */
export const listOf = <T>(value: T): readonly Member<T>[] => (Array.isArray(value) ? value : [])

/** A list’s members that are objects. */
export const objectsOf = (value: unknown): readonly JsonObject[] => listOf(value).filter(isObject)

/** A string; undefined for anything else. */
export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** A string; an empty one for anything else. */
export const textOf = (value: unknown): string => textIn(value) ?? ''

/** A list’s members that are strings. */
export const textsOf = (value: unknown): readonly string[] => listOf(value).filter((item) => typeof item === 'string')

/** A finite number, also one written as a string; undefined for anything else. */
export const numberIn = (value: unknown): number | undefined => {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]))
}

/** The same value with the keys of every object sorted. */
export const withSortedKeys = <T>(value: T): T => sorted(value) as T

/** A path one key deeper: `a.b`, or `a["b c"]` for a key that is not a plain word. */
export const memberPath = (path: string, key: string): string => {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

/** A value's JSON type with an article, for messages. */
export const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
