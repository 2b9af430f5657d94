import { bodyError } from './failure.ts'
import type { Payload } from './payloads.ts'

/**
 * Decodes the message in a body. @param expected the message's name. @throws BoxhoundError E_INTAKE_BODY if the bytes
 * are no such message.
 */
export const parseProtobuf = <T>(decode: (body: Uint8Array) => T, { body }: Payload, expected: string): T => {
  try {
    return decode(body)
  } catch (error) {
    throw bodyError(`a protobuf ${expected}`, error instanceof Error ? error.message : String(error), error)
  }
}
