// Answers a bake with nothing to do before any module of boxhound is loaded. The previous bake left a stamp (lib/bake/stamp.ts): every file
// and folder that its answer depends on, and the answer. As long as they are unchanged, so is the answer.
//
// Contents are never read here: the kernel updates the ctime of a file that is written, replaced or renamed, which no program can set back,
// and the mtime of a folder for each name added or removed. The writer covers the rest: a file changed less than two seconds ago gets into
// no stamp, since a second change could have the same time.
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { onNpmsLine } from './_npm.mjs'
import { defaultBox } from './_roots.mjs'

/** Format version of stamps. */
export const stampFormat = 1

/** Size, mtime, ctime, inode and device of a path, with links followed; null if it doesn't exist. */
export const signatureOf = (path) => {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? null : [found.size, found.mtimeMs, found.ctimeMs, found.ino, found.dev]
}

/**
 * Whether any change after `moment` is sure to alter a signature: its times are two seconds older, and no file system gives two changes that far
 * apart the same time (FAT has the coarsest).
 */
export const isSettled = (signature, moment) =>
  signature === null || Math.max(signature[1], signature[2]) < moment - 2000

const matters = /^(HOME|XDG_\w+|BOXHOUND_\w+|NODE_\w+|PIP_\w+|(https?|no|all)_proxy|SSL_CERT_\w+|\w+_CA_BUNDLE)$/i

/**
 * Salted digest of the variables that can change a bake's answer; some of them hold passwords.
 */
export const environmentDigest = (environment, salt) =>
  createHash('sha256')
    .update(salt)
    .update(
      JSON.stringify(
        Object.entries(environment)
          .filter(([name]) => matters.test(name))
          .sort(),
      ),
    )
    .digest('hex')

/** The file of a box given by name, or by a path relative to where npm was called. */
export const boxFileOf = (nameOrFile, root, environment) =>
  /[/\\]|\.ya?ml$/.test(nameOrFile)
    ? resolve(environment.INIT_CWD || root, nameOrFile)
    : join(root, 'boxes', `${nameOrFile}.yaml`)

/**
 * Path of the stamp of a box file: in the store, named after everything that identifies the bake.
 *
 * @param project folders `tool`, `root`, `out` and `cache`, as lib/_helpers/paths.ts has them.
 */
export const stampPath = (nameOrFile, { tool, root, out, cache }, environment) => {
  const key = [nameOrFile, boxFileOf(nameOrFile, root, environment), tool, root, out]
  return join(cache, 'stamps', `${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32)}.json`)
}

const projectOf = ({ tool, root }, environment) => ({
  tool,
  root,
  out: environment.BOXHOUND_OUT || join(root, 'out'),
  cache: environment.BOXHOUND_CACHE || join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'boxhound'),
})

/** Parses a command line for which a stamp's answer is valid; undefined for any other. */
const parse = (argv) => {
  const words = argv.filter((word) => !word.startsWith('-'))
  const options = argv.filter((word) => word.startsWith('-'))
  if (words.length > 1 || words[0] === '' || options.some((word) => word !== '--no-verify' && word !== '--json'))
    return undefined
  return { name: words[0], verify: !options.includes('--no-verify'), json: options.includes('--json') }
}

const unchanged = (root, entries) =>
  entries.every(([path, signature]) => {
    const now = signatureOf(isAbsolute(path) ? path : `${root}/${path}`)
    if (now === null || signature === null) return now === signature
    return now.every((value, index) => value === signature[index])
  })

/**
 * What `bake` prints when nothing has changed since its last answer.
 *
 * @param argv words after the verb.
 * @param folders boxhound's own, `tool`, and the user's, `root`, also the current one.
 * @returns undefined when anything differs or is uncertain: then the full bake runs.
 */
export const upToDate = (argv, { tool, root }, environment = process.env, now = Date.now()) => {
  const asked = parse(argv)
  const name = asked?.name ?? defaultBox(root)
  // An option that npm swallowed may have changed the meaning.
  if (asked === undefined || name === undefined || onNpmsLine(environment).size > 0) return undefined
  try {
    const stamp = JSON.parse(readFileSync(stampPath(name, projectOf({ tool, root }, environment), environment), 'utf8'))
    if (stamp.format !== stampFormat || stamp.node !== process.version) return undefined
    if (now < stamp.from || now >= stamp.until) return undefined
    if (stamp.environment !== environmentDigest(environment, stamp.salt)) return undefined
    if (asked.verify && stamp.verified === null) return undefined
    if (!unchanged(root, stamp.inputs)) return undefined
    if (asked.verify && !unchanged(root, [stamp.verified.results])) return undefined
    if (asked.json) return `${stamp.json}\n`
    return asked.verify ? `${stamp.text}\n${stamp.verified.text}\n` : `${stamp.text}\n`
  } catch {
    return undefined // no stamp, or an invalid one
  }
}
