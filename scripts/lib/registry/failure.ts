// Turns a registry's error responses into errors.

import { BoxhoundError } from '../_helpers/errors.ts'
import { shownAddress } from '../fetch/address.ts'
import type { Client } from '../fetch/client.ts'
import { failureOf, statusFailure } from '../fetch/failure.ts'
import { paced } from '../fetch/pace.ts'
import { type Answer, discard } from '../fetch/request.ts'

const longestBody = 16_000
const longestText = 200

/**
 * Reads a whole response body.
 *
 * @returns undefined if it is longer than `limit` bytes.
 * @throws BoxhoundError E_FETCH_… if it is cut off.
 */
export const readBody = async ({ body, url }: Answer, client: Client, limit: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of paced(body, url, client.deadlines)) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > limit) return undefined
    }
    return Buffer.concat(chunks)
  } catch (error) {
    throw await failureOf(error, url, client)
  } finally {
    discard(body)
  }
}

/** A registry's message, without anything that could control a terminal. */
const harmless = (text: string): string => text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, longestText)

/** Converts `{"errors":[{"code":"DENIED","message":"…"}]}` to text; empty for any other body. */
const ownWords = (body: Buffer | undefined): string => {
  try {
    const { errors }: { errors?: { code?: unknown; message?: unknown }[] } = JSON.parse(body?.toString('utf8') ?? '')
    return harmless(
      (errors ?? [])
        .slice(0, 3)
        .map(({ code, message }) => `${code}${typeof message === 'string' ? `: ${message}` : ''}`)
        .join('; '),
    )
  } catch {
    return ''
  }
}

/** The error for an unexpected response. A server error is worth a retry (fetch/retry.ts). */
export const refusal = async (answer: Answer, client: Client, doing: string): Promise<BoxhoundError> => {
  const { status, url } = answer
  const words = ownWords(await readBody(answer, client, longestBody).catch(() => undefined))
  if (status >= 500 || status === 429 || status === 408) return statusFailure(status, url)
  const details = { expected: `an answer to: ${doing}`, found: `status ${status}${words === '' ? '' : `, ${words}`}` }
  if (status === 403)
    return new BoxhoundError('E_REGISTRY_DENIED', `${url.host} denies access`, {
      ...details,
      next: 'check the permissions of the docker login user for this repository',
    })
  return new BoxhoundError('E_REGISTRY_STATUS', `unexpected answer from ${url.host}`, {
    ...details,
    next: `check the repository, and that an OCI registry answers there: ${shownAddress(url)}`,
  })
}

/** An error as one line, shown before a bake builds the layer itself. */
export const oneLine = (error: unknown): string => {
  if (!(error instanceof BoxhoundError)) return error instanceof Error ? error.message : String(error)
  const { found } = error.details
  return `${error.message}${found === undefined ? '' : ` (${found})`}`.replaceAll(/\s*\n\s*/g, ' ')
}
