// Byte patterns of secrets.

import { secretShapes } from '../box/secret-shapes.ts'
import type { Finding, Pattern } from './evidence.ts'

/**
 * Shapes of secrets. A header alone is no key: libraries and documents name it, so base64 must follow.
 *
 * They start with literal text where they can, which the engine finds at memory speed.
 */
const shapes: readonly Pattern[] = [
  { kind: 'private key', source: new RegExp(secretShapes.privateKey, 'g') },
  { kind: 'SSH public key', source: /ssh-(?:ed25519|rsa) AAAA[A-Za-z0-9+/=]{40}/g },
  { kind: 'API or application key', source: new RegExp(secretShapes.apiKey, 'gi') },
  { kind: 'password hash', source: /:\$(?:y|gy|7|6|5|1|2[aby])\$[./A-Za-z0-9$=,]{20}/g },
  {
    kind: 'password',
    source: /(?:password|passwd)["']?[ \t]{0,3}[:=][ \t]{0,3}["']?[A-Za-z0-9]{16,64}["']?\r?\n/gi,
  },
  { kind: 'login in an address', source: new RegExp(secretShapes.login, 'gi') },
  {
    kind: 'access token',
    source:
      /(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40}|glpat-[\w-]{20}|(?:AKIA|ASIA)[0-9A-Z]{16}|npm_[A-Za-z0-9]{36}|pypi-AgEI[\w-]{30})/g,
  },
  { kind: 'signed token', source: /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10}/g },
]

/** Kinds that anybody's file may hold, a library's own test keys too; the others are of this builder alone. */
export const shapeKinds: ReadonlySet<string> = new Set(shapes.map(({ kind }) => kind))

/** What the planted canary is known by, besides the shapes that it carries. */
export const canary = 'boxhound-canary-'

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A host's name is often a short word: it counts where something writes host names. */
const hostName = (name: string): Pattern => ({
  kind: 'host name of the builder',
  source: new RegExp(`(?:root@|HOSTNAME=|\\d\\d:\\d\\d:\\d\\d )${escaped(name)}(?![\\w.-])`, 'g'),
})

export interface Builder {
  readonly hostName: string
  /** Kind and text of what only this builder has: its folders, its proxy, its own certificates, its keys. */
  readonly own: readonly { readonly kind: string; readonly text: string }[]
}

/** Everything to look for on a disk that this builder made. */
export const patternsFor = (builder: Builder): Pattern[] => [
  ...shapes,
  { kind: 'canary', source: canary },
  hostName(builder.hostName),
  ...builder.own.map(({ kind, text }) => ({ kind, source: text })),
]

/** Finds every pattern in one piece of a disk, at positions from 0 to `limit`. */
export const findIn = (buffer: Buffer, patterns: readonly Pattern[], limit: number): Finding[] => {
  const text = buffer.toString('latin1')
  return patterns.flatMap(({ kind, source }) => {
    if (typeof source !== 'string')
      return [...text.matchAll(source)]
        .filter(({ index }) => index < limit)
        .map(({ index }) => ({ kind, offset: index }))
    const found: Finding[] = []
    for (let at = buffer.indexOf(source); at >= 0 && at < limit; at = buffer.indexOf(source, at + 1))
      found.push({ kind, offset: at })
    return found
  })
}
