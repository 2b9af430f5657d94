import { parse } from 'protobufjs'

/** Parsed with field names unchanged; references between messages are resolved on first use. */
const typesOf = (source: string) => parse(`syntax = "proto3";${source}`, { keepCase: true }).root

/**
 * A decoder for messages of one type. Lists and maps are present even if empty, 64-bit numbers are decimal strings, and
 * enumerations are names. Unknown fields are skipped, as protobuf requires.
 *
 * @param source the messages in protobuf's language, proto3, without a package.
 * @returns a function that throws protobufjs's own errors if the bytes are no such message.
 */
export const decoder = <T>(source: string, name: string): ((body: Uint8Array) => T) => {
  const type = typesOf(source).lookupType(name)
  return (body) => {
    const message = type.decode(body)
    const plain = type.toObject(message, { longs: String, enums: String, defaults: true, oneofs: true })
    // TypeScript can't derive a type from a schema in text, so an interface beside each schema declares it.
    return plain as T
  }
}
