import { z } from 'zod'
import { bodyError } from './failure.ts'
import type { Encoding, Payload } from './payloads.ts'

/** A text that may be missing or null: Go sometimes encodes an empty list or string as null. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

export const tags = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? [])

export const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0)

/** The encoding of a payload, once its body has turned out to have this form. */
export const encodingOf = ({ path, contentType, contentEncoding }: Payload, form: Encoding['form']): Encoding => ({
  path,
  contentType,
  contentEncoding,
  form,
})

/** Whether the headers say that the body is protobuf. */
export const isProtobuf = ({ contentType }: Payload): boolean => /^application\/(x-)?protobuf\b/.test(contentType)

/**
 * Parses JSON of any shape; undefined for an empty body, as sent by connectivity probes. @throws BoxhoundError
 * E_INTAKE_BODY.
 */
export const parseJson = ({ body }: Payload): unknown => {
  const source = body.toString('utf8')
  if (source.trim() === '') return undefined
  try {
    return JSON.parse(source)
  } catch (error) {
    // The engine's message quotes the text, which may contain a key, so only the position is reported.
    const [place] = /position \d+/.exec(String(error)) ?? []
    throw bodyError('JSON', place === undefined ? `a text of ${source.length} characters` : `it breaks at ${place}`)
  }
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0

/** What a connectivity probe sends: nothing, or an empty object. */
export const isProbe = (value: unknown): boolean => value === undefined || isEmptyObject(value)

/**
 * The value if it matches the schema. @param expected names the shape in errors. @throws BoxhoundError E_INTAKE_BODY
 * with the place that doesn't match.
 */
export const fit = <T>(schema: z.ZodType<T>, value: unknown, expected: string): T => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [first] = result.error.issues
  const place = first?.path.join('.') ?? ''
  throw bodyError(expected, `${place === '' ? '' : `${place}: `}${first?.message ?? 'another shape'}`)
}

/** The items of a list. The Agent's `diagnose` sends a single item without a list, and a probe sends none. */
export const listOf = <T>(item: z.ZodType<T>, payload: Payload, expected: string): T[] => {
  const value = parseJson(payload)
  if (isProbe(value)) return []
  return fit(z.array(item), Array.isArray(value) ? value : [value], expected)
}
