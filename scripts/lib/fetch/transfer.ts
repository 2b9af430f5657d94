// Downloads a file or a range of it.

import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { formatBytes } from '../_helpers/format.ts'
import { shownAddress } from './address.ts'
import type { Client } from './client.ts'
import { failureOf, statusFailure } from './failure.ts'
import { paced } from './pace.ts'
import { diskFull, type Note, type Part } from './part.ts'
import { type Answer, discard, get } from './request.ts'

export interface TransferOptions {
  /** Called after each chunk. */
  readonly received: (bytes: number) => void
  readonly tell: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * The value for If-Range (RFC 9110, 13.1.5): a strong ETag, or else the date. A weak ETag doesn't promise identical
 * bytes.
 */
const validatorOf = ({ header }: Answer): string | undefined => {
  const etag = header('etag')
  return etag?.startsWith('"') ? etag : header('last-modified')
}

const lengthOf = ({ header }: Answer): number | undefined => {
  const length = header('content-length')
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined
}

/** `bytes 200-999/1000`, or `bytes * /1000` for a refused range. */
const rangeOf = ({ header }: Answer): { start: number | undefined; total: number | undefined } => {
  const [, start, total] = /^bytes (?:(\d{1,15})-\d{1,15}|\*)\/(\d{1,15}|\*)$/.exec(header('content-range') ?? '') ?? []
  return {
    start: start === undefined ? undefined : Number(start),
    total: total === undefined || total === '*' ? undefined : Number(total),
  }
}

const requireRoom = async (part: Part, total: number | undefined): Promise<void> => {
  if (total === undefined) return
  const { bavail, bsize } = await statfs(dirname(part.path))
  const needed = total - part.bytes()
  if (needed > bavail * bsize) throw diskFull(part.path, needed, bavail * bsize)
}

const cut = (part: Part, { url }: Answer, total: number): BoxhoundError =>
  new BoxhoundError('E_FETCH_LOST', `${url.host} closed the connection too early`, {
    expected: `${total} bytes`,
    found: `${part.bytes()} bytes of ${shownAddress(url)}`,
    next: 'try again; if it always stops there, the file on the server is truncated',
  })

const save = async (answer: Answer, part: Part, client: Client, options: TransferOptions): Promise<void> => {
  try {
    for await (const chunk of paced(answer.body, answer.url, client.deadlines)) {
      part.append(chunk)
      options.received(part.bytes())
    }
  } catch (error) {
    throw await failureOf(error, answer.url, client)
  }
  const total = part.note()?.total
  if (total !== undefined && part.bytes() !== total) throw cut(part, answer, total)
}

/** What to do with a response: append to the part, start over, ask again without a range, or nothing is missing. */
type Verdict = 'append' | 'restart' | 'ask-anew' | 'complete'

const judge = (answer: Answer, part: Part): Verdict => {
  const { start, total } = rangeOf(answer)
  const known = part.note()?.total ?? total
  if (answer.status === 206) return start === part.bytes() && total === known ? 'append' : 'ask-anew'
  if (answer.status === 416) return total === part.bytes() ? 'complete' : 'ask-anew'
  return 'restart'
}

const begin = async (url: string, answer: Answer, part: Part, tell: (line: string) => void): Promise<void> => {
  if (part.bytes() > 0) tell(`starting over: ${answer.url.host} does not support ranges, or the file has changed`)
  const validator = validatorOf(answer)
  const total = lengthOf(answer)
  const note: Note = {
    url,
    ...(validator === undefined ? {} : { validator }),
    ...(total === undefined ? {} : { total }),
  }
  await part.restart(note)
}

/**
 * Downloads what is missing from a part with one request: a range if the server still has the same file, otherwise the
 * whole file.
 *
 * @throws BoxhoundError E_FETCH_… (failure.ts decides which are worth a retry), keeping the part as it is; E_DISK_FULL.
 */
export const transfer = async (url: string, part: Part, client: Client, options: TransferOptions): Promise<void> => {
  const validator = part.note()?.validator
  const headers: Record<string, string> =
    part.bytes() > 0 && validator !== undefined ? { range: `bytes=${part.bytes()}-`, 'if-range': validator } : {}
  let answer = await get(url, client, headers, options.signal)
  try {
    let verdict = 'range' in headers ? judge(answer, part) : 'restart'
    if (verdict === 'ask-anew') {
      discard(answer.body)
      answer = await get(url, client, {}, options.signal)
      verdict = 'restart'
    }
    if (verdict === 'complete') return
    if (answer.status !== (verdict === 'append' ? 206 : 200)) throw statusFailure(answer.status, answer.url)
    if (verdict === 'restart') await begin(url, answer, part, options.tell)
    else options.tell(`resumed at ${formatBytes(part.bytes())}`)
    await requireRoom(part, part.note()?.total)
    await save(answer, part, client, options)
  } finally {
    discard(answer.body)
  }
}
