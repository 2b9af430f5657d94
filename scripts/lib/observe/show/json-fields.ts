// Reads fields of unvalidated widgets.

/** For unvalidated JSON: a missing field, or one of another type, reads as empty and is never an error. */
export type Json = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

export const record = (value: unknown): Json => (isRecord(value) ? value : {})

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const records = (value: unknown): readonly Json[] => list(value).filter(isRecord)

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export const texts = (value: unknown): readonly string[] => list(value).filter((item) => typeof item === 'string')

/** A finite number, or text that is one, as in the bounds of axes. */
export const number = (value: unknown): number | undefined => {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}
