// Patterns of secrets, shared by the disk proof and the machine's probe.

import document from './secret-shapes.json' with { type: 'json' }

/** Regular expressions in a syntax that JavaScript and Python share; only `privateKey` is case-sensitive. */
export type SecretShapes = Readonly<Record<'privateKey' | 'apiKey' | 'login', string>>

const { about: _, ...shapes } = document

/** Patterns of a private key, an API key and a login inside an address: one definition for the disk proof and the machine's probe. */
export const secretShapes: SecretShapes = shapes
