import { z } from 'zod'
import { bodyError } from './failure.ts'
import type { Encoding, Payload } from './payloads.ts'

/** A text that may be missing or null: Go writes an empty list or string as null now and then. */
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

/** The encoding of a payload whose body turned out to have the form. */
export const encodingOf = ({ path, contentType, contentEncoding }: Payload, form: Encoding['form']): Encoding => ({
  path,
  contentType,
  contentEncoding,
  form,
})

/** Whether the headers say that the body is protobuf. */
export const isProtobuf = ({ contentType }: Payload): boolean => /^application\/(x-)?protobuf\b/.test(contentType)

/** JSON of any shape; undefined for an empty body, as connectivity probes send it. @throws BoxhoundError E_INTAKE_BODY. */
export const parseJson = ({ body }: Payload): unknown => {
  const source = body.toString('utf8')
  if (source.trim() === '') return undefined
  try {
    return JSON.parse(source)
  } catch (error) {
    // The engine's message quotes the text, which may hold a key: only the place is told.
    const [place] = /position \d+/.exec(String(error)) ?? []
    throw bodyError('JSON', place === undefined ? `a text of ${source.length} characters` : `it breaks at ${place}`)
  }
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0

/** What a probe sends to see whether the intake is there: nothing, or an object with nothing in it. */
export const isProbe = (value: unknown): boolean => value === undefined || isEmptyObject(value)

/** The value if it fits. @param expected how errors name the shape. @throws BoxhoundError E_INTAKE_BODY with the place that does not fit. */
export const fit = <T>(schema: z.ZodType<T>, value: unknown, expected: string): T => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [first] = result.error.issues
  const place = first?.path.join('.') ?? ''
  throw bodyError(expected, `${place === '' ? '' : `${place}: `}${first?.message ?? 'another shape'}`)
}

/** The items of a list; one item may stand alone, as the Agent's `diagnose` sends it, and a probe has none. */
export const listOf = <T>(item: z.ZodType<T>, payload: Payload, expected: string): T[] => {
  const value = parseJson(payload)
  if (isProbe(value)) return []
  return fit(z.array(item), Array.isArray(value) ? value : [value], expected)
}
