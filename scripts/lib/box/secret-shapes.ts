// What secrets look like, for the disk's proof and the machine's probe.

import document from './secret-shapes.json' with { type: 'json' }

/** Regular expressions as text, `privateKey` the only one in which case counts, in the common part of JavaScript's and Python's dialects. */
export type SecretShapes = Readonly<Record<'privateKey' | 'apiKey' | 'login', string>>

const { about: _, ...shapes } = document

/** What a private key, an API key and a login inside an address look like: one definition for the proof of a disk and for the probe of a machine. */
export const secretShapes: SecretShapes = shapes
