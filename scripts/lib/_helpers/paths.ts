// Project, out and store folders.

import { homedir } from 'node:os'
import { isAbsolute, join, relative } from 'node:path'

/** The folders that one run works with; absolute paths. */
export interface Project {
  /** The checkout: holds boxes/, provision/, packer/, lab/. */
  readonly root: string
  /** Where results are published: `out/BOX/…`. */
  readonly out: string
  /** The layer store and all downloads. */
  readonly cache: string
}

/**
 * The project at `root`, with the user's choice of store.
 *
 * @param environment `BOXHOUND_CACHE`, else `XDG_CACHE_HOME/boxhound`, else `~/.cache/boxhound`; `BOXHOUND_OUT` moves `out/`.
 */
export const projectAt = (root: string, environment: NodeJS.ProcessEnv = process.env): Project => ({
  root,
  out: environment.BOXHOUND_OUT || join(root, 'out'),
  cache: environment.BOXHOUND_CACHE || join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'boxhound'),
})

/** A path as shown to the user: relative to the project if inside it. */
export const shown = (path: string, root = process.cwd()): string => {
  const inside = relative(root, path)
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside
}
