// The two roots, out and store folders.

import { homedir } from 'node:os'
import { isAbsolute, join, relative } from 'node:path'

/** The folders that one run works with; absolute paths. In a checkout of boxhound, `tool` and `root` are the same. */
export interface Project {
  /** What ships with boxhound: provision/, packer/, suite/, lab/, disk/, container/, scripts/. Never written to. */
  readonly tool: string
  /** The user's: boxes/ with the folders beside the box files, the Vagrantfile, out/. */
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
 * @param tool boxhound's own folder; default: `root`, as in a checkout.
 */
export const projectAt = (root: string, environment: NodeJS.ProcessEnv = process.env, tool = root): Project => ({
  tool,
  root,
  out: environment.BOXHOUND_OUT || join(root, 'out'),
  cache: environment.BOXHOUND_CACHE || join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'boxhound'),
})

const isInside = (path: string, folder: string): boolean => {
  const inside = relative(folder, path)
  return !isAbsolute(inside) && inside.split('/')[0] !== '..'
}

/** The root that a path belongs to; undefined outside of both. One root may lie in the other: the inner one counts. */
export const rootOf = (path: string, { tool, root }: Pick<Project, 'tool' | 'root'>): string | undefined =>
  [tool, root].filter((folder) => isInside(path, folder)).sort((a, b) => b.length - a.length)[0]

/** A path as shown to the user: relative to the project if inside it. */
export const shown = (path: string, root = process.cwd()): string => {
  const inside = relative(root, path)
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside
}
