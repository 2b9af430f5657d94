// Paths as the caller typed them.

import { resolve } from 'node:path'

/**
 * A path as the caller typed it. npm runs every script in the project's root and keeps the folder it was called from in `INIT_CWD`:
 * `npm run bake -- ./mine.yaml` means the file beside the caller.
 */
export const fromCaller = (path: string, environment: NodeJS.ProcessEnv = process.env): string =>
  resolve(environment.INIT_CWD || process.cwd(), path)
