// The available builders, and which of them a bake uses.

import type { Project } from '../_helpers/paths.ts'
import type { Sandbox } from '../_helpers/sandbox.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import { type BuilderName, builderNames } from './manifest.ts'
import { type BakeFolders, startPacker } from './packer.ts'
import { requireFor } from './requirements.ts'

/** Builds staged layers into the store. Ids and events (events.ts) are the same for every builder. */
export interface Builder {
  readonly name: BuilderName
  /** For the help page: what it needs and how it works. */
  readonly summary: string
  /** @throws BoxhoundError with exit code 3 that says why it can't run on this machine or for this user. */
  readonly requireHere: (path?: string) => void
  /** Starts building the missing layers, from the bottom up. */
  readonly start: (missing: readonly PlannedLayer[], folders: BakeFolders, project: Project) => Promise<Sandbox>
}

const builders: Readonly<Record<BuilderName, Builder>> = {
  chroot: {
    name: 'chroot',
    summary: 'root on Linux, nothing is booted',
    requireHere: (path) => requireFor('bake', path, 'the chroot builder'),
    start: startPacker,
  },
}

/** The builder with this name, from `--builder`; without one the best for this machine. There is only one so far. */
export const builderOf = (name?: string): Builder => builders[builderNames.find((one) => one === name) ?? 'chroot']

/** The values of `--builder`, for the help page. */
export const buildersHelp = builderNames.map((name) => `${name}: ${builders[name].summary}`).join('; ')
