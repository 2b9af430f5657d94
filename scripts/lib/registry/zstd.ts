// Compresses and decompresses overlays with zstd.

import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { startChild } from '../_helpers/child.ts'
import { BoxhoundError } from '../_helpers/errors.ts'

/**
 * Level 3 takes 2 s for the lab's lowest layer. gzip takes 13 s for a larger result, and level 9 saves 5 percent in
 * three times the time.
 */
const compressing = ['-q', '-3', '-T0', '-c']
const decompressing = ['-q', '-d', '-c']

const missing = (error: NodeJS.ErrnoException): unknown =>
  error.code === 'ENOENT'
    ? new BoxhoundError('E_MISSING_PROGRAM', 'zstd is not installed', {
        expected: 'the program zstd, which compresses layers',
        found: 'not in PATH',
        exitCode: 3,
        cause: error,
        next: 'npm run setup   (or: apt-get install zstd)',
      })
    : error

/** Resolves on success, or rejects with zstd's message. */
const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let text = ''
    child.stderr?.setEncoding('utf8').on('data', (more: string) => {
      if (text.length < 1000) text += more
    })
    child.once('error', (error) => reject(missing(error)))
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`zstd: ${text.trim() || (signal ?? `status ${code}`)}`))
    })
  })

const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C' }

/** Compresses a file into a new one. */
export const compressFile = async (path: string, target: string): Promise<void> => {
  const [from, to] = [await open(path, 'r'), await open(target, 'wx', 0o600)]
  try {
    await ended(startChild('zstd', compressing, { stdio: [from.fd, to.fd, 'pipe'], environment }))
  } finally {
    await Promise.all([from.close(), to.close()])
  }
}

/**
 * Decompresses a file to a new one of at most `bytes` bytes, since a file of a few kilobytes may expand to fill a disk.
 *
 * @returns SHA-256 in hex, and length of the output.
 * @throws Error if it is not a complete zstd file, or its content is longer.
 */
export const expandFile = async (
  path: string,
  target: string,
  bytes: number,
): Promise<{ readonly sha256: string; readonly bytes: number }> => {
  const from = await open(path, 'r')
  const hash = createHash('sha256')
  let written = 0
  try {
    const child = startChild('zstd', decompressing, { stdio: [from.fd, 'pipe', 'pipe'], environment })
    const checked = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        written += chunk.length
        if (written > bytes) throw new Error(`more than the ${bytes} bytes that its record tells`)
        hash.update(chunk)
        yield chunk
      }
    }
    const whole = ended(child)
    whole.catch(() => {}) // reported below, after the cause
    if (child.stdout === null) throw new Error('zstd has no stdout')
    await pipeline(child.stdout, checked, createWriteStream(target, { flags: 'wx', mode: 0o644 }))
    await whole
    return { sha256: hash.digest('hex'), bytes: written }
  } finally {
    await from.close()
  }
}
