/** Protobuf's wire format, written apart from the library that the intake reads it with. */

const varint = (value: bigint): number[] =>
  value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)]

/** A whole number; negative ones as protobuf has them, in two's complement of 64 bits. */
export const whole = (field: number, value: number | bigint): number[] => [
  ...varint(BigInt(field << 3)),
  ...varint(BigInt.asUintN(64, BigInt(value))),
]

/** A text, bytes, or a message. */
export const part = (field: number, content: string | readonly number[]): number[] => {
  const bytes = typeof content === 'string' ? [...Buffer.from(content)] : content
  return [...varint(BigInt((field << 3) | 2)), ...varint(BigInt(bytes.length)), ...bytes]
}

export const double = (field: number, value: number): number[] => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return [...varint(BigInt((field << 3) | 1)), ...bytes]
}

export const fixed = (field: number, value: bigint): number[] => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return [...varint(BigInt((field << 3) | 1)), ...bytes]
}

export const bytesOf = (...fields: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(fields.flat())
