// Computes SHA-256 of a growing file on a thread.

import { Worker } from 'node:worker_threads'

/** Hashes a file that still grows, on a thread of its own: what is written is hashed while the next piece arrives. */
export interface Hasher {
  /** All bytes before this offset are in the file now. */
  readonly advance: (to: number) => void
  /** The file was emptied: from the start again. */
  readonly restart: () => void
  /** SHA-256, hex, of everything up to the last `advance`; rejects when the file couldn't be read. */
  readonly digest: () => Promise<string>
  readonly close: () => Promise<void>
}

// Plain JavaScript in a string: a worker's own file would have to be bundled apart (_helpers/hash.ts).
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

/** Starts the thread; the file must be there. */
export const startHasher = (path: string): Hasher => {
  const thread = new Worker(worker, { eval: true, workerData: path })
  let told = 0
  const failed = new Promise<never>((_, reject) => {
    thread.once('error', (error) => reject(new Error(`hashing ${path} failed: ${error.message}`, { cause: error })))
  })
  failed.catch(() => {}) // who asks for the digest hears of it
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
