// Compiles once and caches under node_modules/.cache: the verbs (_run.mjs), the unit tests (test/_bundle.mjs) and the suite (lib/verify/bundle.ts).
// Plain JavaScript, since it runs before anything is compiled.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** All files below a folder, sorted by name, without installed packages. */
export const filesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (!entry.isDirectory()) return [path]
      return entry.name === 'node_modules' ? [] : filesBelow(path)
    })
    .sort()

/** Identifies a bundle: the version of Node, and path, size and time of every source and of the lock file. */
export const digestOfSources = (root, sources) => {
  const hash = createHash('sha256').update(process.version)
  for (const path of [...sources, join(root, 'package-lock.json')]) {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${path}\0${size}\0${mtimeMs}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

/** ES modules for Node; CommonJS packages inside them find a `require`. */
const forNode = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
}

/** Compiles with esbuild. Its process starts inside this call and would inherit our environment, which may hold keys. */
export const compile = async (options) => {
  const { build } = await import('esbuild')
  const own = process.env
  process.env = { PATH: own.PATH, HOME: own.HOME }
  let built
  try {
    built = build({ ...forNode, ...options })
  } finally {
    process.env = own
  }
  await built
}

const day = 86_400_000

const touch = (folder) => {
  const now = new Date()
  try {
    utimesSync(folder, now, now)
  } catch {
    // owned by another user: it may be removed later, and is compiled again then
  }
}

/** Bundles unused since yesterday. A running process may still read anything younger. */
const sweep = (cache) => {
  for (const name of readdirSync(cache)) {
    // Undefined: the start that it belonged to has renamed it.
    const found = statSync(join(cache, name), { throwIfNoEntry: false })
    if (found !== undefined && Date.now() - found.mtimeMs > day)
      rmSync(join(cache, name), { recursive: true, force: true })
  }
}

/**
 * Creates a folder atomically, once.
 *
 * @param folder its name identifies its contents.
 * @param make fills an empty folder, which then gets that name.
 */
export const keep = async (folder, make) => {
  // Synchronous: callers start what is in it before anything else.
  if (existsSync(folder)) return touch(folder)
  const cache = dirname(folder)
  mkdirSync(cache, { recursive: true })
  sweep(cache)
  const fresh = mkdtempSync(join(cache, `.${basename(folder)}.`))
  try {
    await make(fresh)
    renameSync(fresh, folder)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    // Another start was faster, with the same content.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  }
}
