import { parse } from 'protobufjs'

/** Parsed with the names of fields as they stand there; references between the messages are resolved at the first use. */
const typesOf = (source: string) => parse(`syntax = "proto3";${source}`, { keepCase: true }).root

/**
 * A decoder for messages of a type: lists and maps are there even if empty, 64-bit numbers are decimal strings, enumerations names.
 * Fields that the schema lacks are skipped, as protobuf wants it.
 *
 * @param source the messages in protobuf's language, proto3, without package.
 * @returns a function that throws whatever protobufjs throws for bytes that are no such message.
 */
export const decoder = <T>(source: string, name: string): ((body: Uint8Array) => T) => {
  const type = typesOf(source).lookupType(name)
  return (body) => {
    const message = type.decode(body)
    const plain = type.toObject(message, { longs: String, enums: String, defaults: true, oneofs: true })
    // What a schema in text decodes to is beyond TypeScript: the interface beside each schema says it.
    return plain as T
  }
}
