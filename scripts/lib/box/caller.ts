// Paths as the caller typed them.

import { resolve } from 'node:path'

/**
 * A path as the caller typed it. Verbs run in the user's root; the folder they were called from is in `INIT_CWD`, where npm puts it:
 * `npm run bake -- ./mine.yaml` means the file beside the caller.
 */
export const fromCaller = (path: string, environment: NodeJS.ProcessEnv = process.env): string =>
  resolve(environment.INIT_CWD || process.cwd(), path)
