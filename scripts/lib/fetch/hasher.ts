// Computes the SHA-256 of a growing file in a worker thread.

import { Worker } from 'node:worker_threads'

/** Hashes a growing file in its own thread: written data is hashed while the next chunk arrives. */
export interface Hasher {
  /** All bytes before this offset have been written. */
  readonly advance: (to: number) => void
  /** The file was truncated: start over. */
  readonly restart: () => void
  /** SHA-256 in hex of everything up to the last `advance`; rejects if the file couldn't be read. */
  readonly digest: () => Promise<string>
  readonly close: () => Promise<void>
}

// Plain JavaScript in a string, because a worker's file would have to be bundled separately (_helpers/hash.ts).
const worker = `
const { parentPort, workerData } = require('node:worker_threads')
const { createHash } = require('node:crypto')
const { openSync, readSync } = require('node:fs')
const file = openSync(workerData, 'r')
const buffer = Buffer.allocUnsafe(1 << 18)
let hash = createHash('sha256'), position = 0
parentPort.on('message', ({ to, restart, ask }) => {
  if (restart) hash = createHash('sha256'), position = 0
  while (position < to) {
    const read = readSync(file, buffer, 0, Math.min(buffer.length, to - position), position)
    if (read === 0) break
    hash.update(buffer.subarray(0, read))
    position += read
  }
  if (ask) parentPort.postMessage({ digest: hash.copy().digest('hex'), position })
})`

/** Starts the thread; the file must exist. */
export const startHasher = (path: string): Hasher => {
  const thread = new Worker(worker, { eval: true, workerData: path })
  let told = 0
  const failed = new Promise<never>((_, reject) => {
    thread.once('error', (error) => reject(new Error(`hashing ${path} failed: ${error.message}`, { cause: error })))
  })
  failed.catch(() => {}) // reported to whoever asks for the digest
  return {
    advance: (to) => {
      told = to
      thread.postMessage({ to })
    },
    restart: () => {
      told = 0
      thread.postMessage({ restart: true })
    },
    digest: async () => {
      const answered = new Promise<{ digest: string; position: number }>((resolve) => thread.once('message', resolve))
      thread.postMessage({ to: told, ask: true })
      const { digest, position } = await Promise.race([answered, failed])
      if (position !== told) throw new Error(`${path} is shorter than what was written to it`)
      return digest
    },
    close: async () => {
      await thread.terminate()
    },
  }
}
