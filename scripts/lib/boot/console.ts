// Parses the box's console output.

import { open } from 'node:fs/promises'
import type { ConsoleFacts } from './machine-spec.ts'

const hostKey = /boxhound: host-key (\S+) (SHA256:[A-Za-z0-9+/]{43})(?![A-Za-z0-9+/])/g
const firstBoot = /boxhound: first-boot (done|failed)(?: ([\w./-]+))?/g

/** Reads the lines that the box prints on its console; other output may stand before and between them. */
export const readConsole = (text: string): ConsoleFacts => {
  const last = [...text.matchAll(firstBoot)].at(-1)
  return {
    hostKeys: Object.fromEntries([...text.matchAll(hostKey)].map(([, type, print]) => [type, print])),
    firstBoot: last?.[1] === 'done' ? 'done' : last?.[1] === 'failed' ? 'failed' : 'unknown',
    failedStep: (last?.[1] === 'failed' && last[2]) || null,
  }
}

/** The fingerprint that a client should meet: Ed25519 where there is one, since it is the cheapest to verify. */
export const preferredHostKey = ({ hostKeys }: ConsoleFacts): string | null =>
  hostKeys['ssh-ed25519'] ?? Object.values(hostKeys)[0] ?? null

/** Escape sequences and carriage returns of a console are noise in an error message. */
// biome-ignore lint/complexity/useRegexLiterals: a literal would hold the escape character itself
const noise = new RegExp('\\u001b\\[[0-9;?]*[A-Za-z]|\\u001bc|[\\u0000-\\u0008\\u000b-\\u001f\\u007f]', 'g')

/** The last lines that say something, for an error message. */
export const lastLines = (text: string, count = 15): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.replace(noise, '').trimEnd())
    .filter((line) => line !== '')
    .slice(-count)
    .join('\n')

/** How a kernel's own account of its end begins; what stands before is the boot. */
const oops =
  /------------\[ cut here|BUG: |Oops: |int3: |general protection fault|invalid opcode|Kernel panic - not syncing/

/** The guest kernel's last words, from where its trouble begins; null as long as it hasn't given up. */
export const kernelPanic = (text: string, count = 30): string | null => {
  if (!text.includes('Kernel panic - not syncing')) return null
  return lastLines(text.slice(text.search(oops)), Number.POSITIVE_INFINITY)
    .split('\n')
    .slice(0, count)
    .join('\n')
}

/** Bytes that are kept of a console's begin, where the host keys are told, and of its end; a guest may print without end. */
const kept = 2 << 20

/** The begin and the end of a text that grows. */
const shortened = (text: string): string =>
  text.length <= 3 * kept ? text : `${text.slice(0, kept)}\n[…]\n${text.slice(-kept)}`

/** Reads a growing file from where the last read ended, of a large one begin and end; a file that isn't there yet reads as empty. */
export const follow = (file: string): (() => Promise<string>) => {
  let text = ''
  let offset = 0
  return async () => {
    const handle = await open(file).catch(() => null)
    if (handle === null) return text
    try {
      const { size } = await handle.stat()
      // What comes faster than it is read is passed over but for its end.
      if (size - offset > 2 * kept && offset > 0) offset = size - kept
      const buffer = Buffer.alloc(Math.min(Math.max(0, size - offset), 2 * kept))
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset)
      offset += bytesRead
      text = shortened(text + buffer.toString('latin1', 0, bytesRead))
      return text
    } finally {
      await handle.close()
    }
  }
}
