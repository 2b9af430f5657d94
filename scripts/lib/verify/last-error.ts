// The message in a check's LastError.

import * as z from 'zod'
import { parseForeign } from '../_helpers/json.ts'

/** LastError of a Python check is JSON inside a string: `[{"message": …, "traceback": …}]`. */
export const errorMessage = (text: string): string => {
  try {
    const [first] = z.array(z.looseObject({ message: z.string() })).parse(parseForeign(text))
    return first?.message ?? text
  } catch {
    return text
  }
}
