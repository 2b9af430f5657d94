// Records the inputs of an "up to date" answer, so that `scripts/_fast.mjs` can repeat it at once.

import { randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import {
  boxFileOf,
  environmentDigest,
  isSettled,
  type Stamp,
  type StampEntry,
  signatureOf,
  stampFormat,
  stampPath,
} from '../../_fast.mjs'
import { writeAtomic } from '../_helpers/atomic.ts'
import type { Project } from '../_helpers/paths.ts'
import { ownFolders } from '../box/folders.ts'
import { gossFile } from '../box/goss/goss.ts'
import { formats } from '../box/schema.ts'
import { periodBounds } from '../plan/plan.ts'
import type { Plan } from '../plan/planned-layer.ts'
import { findPublished } from './bake.ts'
import { imageFile } from './formats.ts'
import { boxFolder, type Manifest } from './manifest.ts'
import { refreshFile } from './refresh.ts'
import { sumsFile } from './sums.ts'

/**
 * What a bake depends on besides its box file: boxhound's own code, and everything that a layer or an id may be read
 * from.
 */
const sources = ['dist', 'scripts', 'suite', 'lab', 'disk', 'packer', 'provision', 'package.json', 'package-lock.json']

/** The files and folders that an answer depends on, as they were before they were read. */
export interface Seen {
  readonly nameOrFile: string
  readonly entries: readonly StampEntry[]
}

const entryOf = (path: string, root: string): StampEntry => {
  const inside = relative(root, path)
  return [inside.startsWith('..') ? path : inside, signatureOf(path)]
}

/**
 * A file, or a folder with all its content. The folder is checked before it is listed, since later changes alter its
 * time.
 */
const treeOf = (path: string, root: string, above: readonly number[] = []): StampEntry[] => {
  const entry = entryOf(path, root)
  const found = statSync(path, { throwIfNoEntry: false })
  // A link may lead back to a folder that is being visited.
  if (!found?.isDirectory() || above.includes(found.ino)) return [entry]
  return [entry, ...readdirSync(path).flatMap((name) => treeOf(join(path, name), root, [...above, found.ino]))]
}

/** Call before reading anything of the box. */
export const seeInputs = (nameOrFile: string, { tool, root }: Project, environment = process.env): Seen => {
  const file = boxFileOf(nameOrFile, root, environment)
  // A folder without boxes has boxhound's own instead of `file`, until there is one.
  const lent = join(tool, 'boxes/lab.yaml')
  // What boxhound depends on: in its own node_modules in a checkout, in the user's when it is a package there.
  const installed = [...new Set([tool, root])].map((folder) => join(folder, 'node_modules/.package-lock.json'))
  const paths = [
    ...sources.map((name) => join(tool, name)),
    ...installed,
    file,
    lent,
    ...ownFolders(file),
    join(dirname(file), gossFile),
  ]
  return { nameOrFile, entries: paths.flatMap((path) => treeOf(path, root)) }
}

/** Call once the box file is parsed, before reading the files it refers to. */
export const seeNamed = (
  { nameOrFile, entries }: Seen,
  { name, file, agent, mirrors, goss }: Plan['rendered']['box'],
  project: Project,
): Seen => {
  const named = [
    refreshFile(name, project),
    ...[mirrors?.caBundle ?? [], agent.secrets?.command ?? [], goss ?? []].flat(),
  ]
  return {
    nameOrFile,
    entries: [...entries, ...named.map((path) => entryOf(resolve(dirname(file), path), project.root))],
  }
}

const settled = (entries: readonly StampEntry[], moment: number): boolean =>
  entries.every(([, signature]) => isSettled(signature, moment))

/**
 * Records that a bake had nothing to do, and what that depends on, so that scripts/_fast.mjs can answer the next one.
 * Writes nothing if a later change might go unnoticed.
 *
 * What was read counts as read at the start of this process, when its own sources were checked. Published files are
 * checked once more, since this process may have created them.
 *
 * @param told the output of a bake with nothing to do; `verdict` is what it says about the verification, undefined if
 *   it would verify.
 */
export const writeStamp = async (
  { nameOrFile, entries }: Seen,
  plan: Plan,
  told: {
    readonly text: (manifest: Manifest) => string
    readonly verdict: (manifest: Manifest) => Promise<string | undefined>
  },
  project: Project,
  { started = performance.timeOrigin, now = Date.now(), environment = process.env } = {},
): Promise<void> => {
  const { box } = plan.rendered
  const { from, until } = periodBounds(box, Math.floor(started))
  if (!settled(entries, started) || now >= until) return
  const folder = boxFolder(box.name, project)
  const names = [
    ...formats.map((format) => imageFile(box.name, format)),
    'expectations.json',
    'manifest.json',
    sumsFile,
  ]
  const published = names.map((name) => entryOf(join(folder, name), project.root))
  const results = entryOf(join(folder, 'verify', 'results.json'), project.root)
  const manifest = await findPublished(plan, project)
  if (manifest === undefined || !settled(published, now)) return
  const verdict = settled([results], now) ? await told.verdict(manifest) : undefined
  const salt = randomBytes(16).toString('hex')
  const stamp: Stamp = {
    format: stampFormat,
    node: process.version,
    salt,
    environment: environmentDigest(environment, salt),
    from,
    until,
    inputs: [...entries, ...published],
    text: told.text(manifest),
    json: JSON.stringify(manifest),
    verified: verdict === undefined ? null : { text: verdict, results },
  }
  // Without it the next bake runs in full, so a failure to write, such as a full disk, is no error.
  await writeAtomic(stampPath(nameOrFile, project, environment), JSON.stringify(stamp), 0o600).catch(() => {})
}
