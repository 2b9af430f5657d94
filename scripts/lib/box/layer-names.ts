// Names of boxhound's own layers.

/** The layers over the base image, bottom up. A box without database, app or packages of checks leaves those out. */
export const layerNames = ['base', 'agent', 'database', 'app', 'packages', 'checks', 'seal'] as const

/** The disk image below them, and the layers: names that a layer of the user's can't have. */
export const ownLayers: ReadonlySet<string> = new Set(['image', ...layerNames])

/** The layers that one of the user's can follow: below the Agent there is no account to give a file to, and nothing follows the seal. */
export const anchors = ['agent', 'database', 'app', 'checks'] as const
export type Anchor = (typeof anchors)[number]
