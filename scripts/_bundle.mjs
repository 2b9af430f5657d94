// What is compiled once and kept under node_modules/.cache: the verbs (_run.mjs), the unit tests (test/_bundle.mjs) and the suite (lib/verify/bundle.ts).
// Plain JavaScript, since it runs before there is anything compiled.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** All files below a folder, in order of their names; installed packages are not looked into. */
export const filesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (!entry.isDirectory()) return [path]
      return entry.name === 'node_modules' ? [] : filesBelow(path)
    })
    .sort()

/** Version of Node, and path, size and time of every source and of the lock file: the identity of what is compiled from them. */
export const fingerprint = (root, sources) => {
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

/** Compiles by esbuild, whose process starts within this very call and would have all of this one's environment: keys are no business of it. */
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
    // another user's: it may be swept tomorrow, and is compiled again
  }
}

/** What nobody has used since yesterday. Anything younger may still be read by a process that runs. */
const sweep = (cache) => {
  for (const name of readdirSync(cache)) {
    // Undefined: another start, whose own it was, has given it its name.
    const found = statSync(join(cache, name), { throwIfNoEntry: false })
    if (found !== undefined && Date.now() - found.mtimeMs > day)
      rmSync(join(cache, name), { recursive: true, force: true })
  }
}

/**
 * A folder that is there once and whole.
 *
 * @param folder its name is the identity of what it holds.
 * @param make fills an empty folder, which then gets that name.
 */
export const keep = async (folder, make) => {
  // Without a turn of the event loop: callers want to start what is in it before anything else.
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
    // Another start was quicker with the very same content.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  }
}
