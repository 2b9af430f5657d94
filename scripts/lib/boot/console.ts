// Parses the box's console output.

import { open } from 'node:fs/promises'
import type { ConsoleFacts } from './machine-spec.ts'

const hostKey = /boxhound: host-key (\S+) (SHA256:[A-Za-z0-9+/]{43})(?![A-Za-z0-9+/])/g
const firstBoot = /boxhound: first-boot (done|failed)(?: ([\w./-]+))?/g

/** Parses the lines that the box prints on its console, ignoring other output before and between them. */
export const readConsole = (text: string): ConsoleFacts => {
  const last = [...text.matchAll(firstBoot)].at(-1)
  return {
    hostKeys: Object.fromEntries([...text.matchAll(hostKey)].map(([, type, print]) => [type, print])),
    firstBoot: last?.[1] === 'done' ? 'done' : last?.[1] === 'failed' ? 'failed' : 'unknown',
    failedStep: (last?.[1] === 'failed' && last[2]) || null,
  }
}

/** The fingerprint to expect: Ed25519's if there is one, since it is the cheapest to verify. */
export const preferredHostKey = ({ hostKeys }: ConsoleFacts): string | null =>
  hostKeys['ssh-ed25519'] ?? Object.values(hostKeys)[0] ?? null

/** Escape sequences and carriage returns of a console are noise in an error message. */
// biome-ignore lint/complexity/useRegexLiterals: a literal would hold the escape character itself
const noise = new RegExp('\\u001b\\[[0-9;?]*[A-Za-z]|\\u001bc|[\\u0000-\\u0008\\u000b-\\u001f\\u007f]', 'g')

/** The last non-empty lines, for an error message. */
export const lastLines = (text: string, count = 15): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.replace(noise, '').trimEnd())
    .filter((line) => line !== '')
    .slice(-count)
    .join('\n')

/** The first line of a kernel's crash report; the text before it is the boot log. */
const oops =
  /------------\[ cut here|BUG: |Oops: |int3: |general protection fault|invalid opcode|Kernel panic - not syncing/

/** The guest kernel's crash report from its first line; null if it hasn't crashed. */
export const kernelPanic = (text: string, count = 30): string | null => {
  if (!text.includes('Kernel panic - not syncing')) return null
  return lastLines(text.slice(text.search(oops)), Number.POSITIVE_INFINITY)
    .split('\n')
    .slice(0, count)
    .join('\n')
}

/**
 * How many bytes to keep of a console's beginning, where the host keys are, and of its end; a guest may print
 * endlessly.
 */
const kept = 2 << 20

/** The beginning and the end of a growing text. */
const shortened = (text: string): string =>
  text.length <= 3 * kept ? text : `${text.slice(0, kept)}\n[…]\n${text.slice(-kept)}`

/**
 * Reads a growing file from where the last read ended, or the beginning and end of a large one; a missing file reads as
 * empty.
 */
export const follow = (file: string): (() => Promise<string>) => {
  let text = ''
  let offset = 0
  return async () => {
    const handle = await open(file).catch(() => null)
    if (handle === null) return text
    try {
      const { size } = await handle.stat()
      // If the file grows faster than it is read, skip ahead to its end.
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
