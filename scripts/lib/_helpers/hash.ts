// SHA-256 of values and files, on several threads.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Worker } from 'node:worker_threads'

/** SHA-256 of a short value, hex. */
export const sha256 = (value: string | Uint8Array): string => createHash('sha256').update(value).digest('hex')

/** SHA-256 of a file, hex; constant memory. */
export const sha256File = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest('hex')
}

// Plain JavaScript in a string: a worker's own file would have to be bundled apart.
const worker = `
const { parentPort, workerData } = require('node:worker_threads')
const { createHash } = require('node:crypto')
const { openSync, readSync, closeSync } = require('node:fs')
const buffer = Buffer.allocUnsafe(1 << 20)
parentPort.on('message', (path) => {
  try {
    const hash = createHash('sha256'), file = openSync(path, 'r')
    for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) hash.update(buffer.subarray(0, n))
    closeSync(file)
    parentPort.postMessage({ path, digest: hash.digest('hex') })
  } catch (error) {
    parentPort.postMessage({ path, error: String(error) })
  }
})`

/**
 * SHA-256 of several files on as many threads as given: hashing layers is the greatest part of a small bake.
 *
 * @returns path → digest; a file that cannot be read has the error's text, which equals no digest.
 */
export const sha256Files = async (paths: readonly string[], threads = 2): Promise<Map<string, string>> => {
  const queue = [...paths]
  const digests = new Map<string, string>()
  const drain = async (): Promise<void> => {
    const first = queue.shift()
    if (first === undefined) return
    const thread = new Worker(worker, { eval: true })
    await new Promise<void>((resolve, reject) => {
      thread.once('error', reject)
      thread.on('message', (message: { path: string; digest?: string; error?: string }) => {
        digests.set(message.path, message.digest ?? message.error ?? '')
        const next = queue.shift()
        if (next === undefined) resolve()
        else thread.postMessage(next)
      })
      thread.postMessage(first)
    })
    await thread.terminate()
  }
  await Promise.all(Array.from({ length: Math.min(threads, paths.length) }, drain))
  return digests
}
