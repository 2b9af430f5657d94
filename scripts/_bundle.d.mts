import type { BuildOptions } from 'esbuild'

export const filesBelow: (folder: string) => string[]
export const digestOfSources: (tool: string, sources: readonly string[]) => string
export const compile: (options: BuildOptions) => Promise<void>
export const keep: (folder: string, make: (fresh: string) => Promise<void>) => Promise<void>
