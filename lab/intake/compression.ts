import { gunzipSync, inflateSync } from 'node:zlib'
import { Decompress } from 'fzstd'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { bodyError } from './failure.ts'

const tooLarge = (limit: number): BoxhoundError =>
  new BoxhoundError('E_INTAKE_SIZE', `the body has more than ${limit} bytes`, {
    expected: `at most ${limit} bytes, before and after decompression`,
    next: 'send smaller batches',
  })

/** Decodes all frames of the body in order; their headers need not declare a size. */
const zstd = (body: Buffer, limit: number): Buffer => {
  const pieces: Uint8Array[] = []
  let size = 0
  const stream = new Decompress((piece) => {
    size += piece.length
    if (size > limit) throw tooLarge(limit)
    pieces.push(piece)
  })
  stream.push(body, true)
  return Buffer.concat(pieces)
}

const decompressors: Readonly<Record<string, (body: Buffer, limit: number) => Buffer>> = {
  identity: (body) => body,
  gzip: (body, limit) => gunzipSync(body, { maxOutputLength: limit }),
  deflate: (body, limit) => inflateSync(body, { maxOutputLength: limit }),
  zstd,
  // An alias that some payloads use.
  zstd1: zstd,
}

/** Whether zlib failed because the output would exceed the limit. */
const passedLimit = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'

/**
 * Decodes a body by its Content-Encoding; `deflate` means zlib's format, as in HTTP and in the Agent.
 *
 * @param limit maximum size in bytes of both the encoded and the decoded body.
 * @throws BoxhoundError E_INTAKE_ENCODING for an unknown encoding, E_INTAKE_SIZE, E_INTAKE_BODY for damaged data.
 */
export const decompress = (body: Buffer, contentEncoding: string, limit: number): Buffer => {
  const run = Object.hasOwn(decompressors, contentEncoding) ? decompressors[contentEncoding] : undefined
  if (run === undefined)
    throw new BoxhoundError('E_INTAKE_ENCODING', `the Content-Encoding ${contentEncoding} is unknown here`, {
      expected: Object.keys(decompressors).join(', '),
      found: contentEncoding,
      next: 'set serializer_compressor_kind to zlib, gzip or zstd',
    })
  if (body.length > limit) throw tooLarge(limit)
  // Connectivity probes declare an encoding but have no body.
  if (body.length === 0) return body
  try {
    return run(body, limit)
  } catch (error) {
    if (error instanceof BoxhoundError) throw error
    if (passedLimit(error)) throw tooLarge(limit)
    throw bodyError(`compressed by ${contentEncoding}`, error instanceof Error ? error.message : String(error), error)
  }
}
