// The Python packages that a box's checks need beside the Agent's own.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { readPlain } from '../_helpers/plain-file.ts'
import { decodeUtf8 } from '../_helpers/utf8.ts'
import type { Box, Check } from '../box/box.ts'
import { sourceOf } from '../box/folders.ts'
import { lineAndColumn, type Problem, problemsError } from '../box/problems.ts'
import { type LockedPackage, normalName, parseRequirements } from '../box/requirements.ts'
import { agentPackages } from './agent-python.ts'
import type { WheelSet } from './rendered-box.ts'

/** In a check's folder: what its author writes, and what `npm run lock` makes of it. */
export const wishList = 'requirements.in'
export const lockedList = 'requirements.txt'

/** The line of a locked list that says which wishes it is made of. */
export const wishLine = (wishes: Buffer): string => `# ${wishList} sha256:${sha256(wishes)}`

const wishShape = new RegExp(`^# ${wishList.replace('.', '\\.')} sha256:([0-9a-f]{64})$`, 'm')

interface Locked {
  readonly check: string
  /** How errors name the file. */
  readonly source: string
  readonly text: string
  readonly packages: readonly LockedPackage[]
}

const largest = 1 << 20

const readText = (folder: string, source: string, name: string): Buffer | undefined =>
  existsSync(join(folder, name))
    ? readPlain(join(folder, name), { source: `${source}/${name}`, maximum: largest }).content
    : undefined

const missing = (check: string, file: string): BoxhoundError =>
  new BoxhoundError('E_PACKAGES', `the Python packages of the check "${check}" are not locked`, {
    file,
    exitCode: 2,
    expected: `${lockedList} beside it`,
    found: 'no such file',
    next: `npm run lock -- BOX ${check}`,
  })

const stale = (check: string, file: string): BoxhoundError =>
  new BoxhoundError('E_PACKAGES', `${wishList} of the check "${check}" has changed since it was locked`, {
    file,
    exitCode: 2,
    expected: `the ${wishList} that ${lockedList} names by its digest`,
    found: 'another one',
    next: `npm run lock -- BOX ${check}`,
  })

/** A package that the Agent brings in another version: its own checks count on that. */
const replaced = (own: ReadonlyMap<string, string>, { name, version, offset }: LockedPackage): Problem[] => {
  const held = own.get(name)
  if (held === undefined || held === version) return []
  return [
    {
      offset,
      message: `${name} ${version} would replace the Agent’s own ${name} ${held}`,
      expected: `${name} ${held}, which the Agent’s own checks count on, or no entry`,
      found: `${name}==${version}`,
      next: 'lock for this box: npm run lock -- BOX takes the Agent’s version; loosen requirements.in if it asks for another',
    },
  ]
}

const readLocked = (
  { name, folder }: Check,
  own: ReadonlyMap<string, string>,
  project: Project,
): Locked | undefined => {
  const source = sourceOf(folder, project)
  const [wishes, locked] = [wishList, lockedList].map((file) => readText(folder, source, file))
  if (locked === undefined) {
    if (wishes !== undefined) throw missing(name, `${source}/${wishList}`)
    return undefined
  }
  const file = `${source}/${lockedList}`
  const text = decodeUtf8(locked, file)
  const { packages, problems } = parseRequirements(text)
  if (problems.length > 0) throw problemsError(file, text, problems, 'E_PACKAGES')
  const [, digest] = wishShape.exec(text) ?? []
  if (wishes !== undefined && digest !== undefined && digest !== sha256(wishes))
    throw stale(name, `${source}/${wishList}`)
  const taken = packages.flatMap((one) => replaced(own, one))
  if (taken.length > 0) throw problemsError(file, text, taken, 'E_PACKAGES')
  return { check: name, source: file, text, packages: packages.filter((one) => !own.has(one.name)) }
}

const placeOf = ({ source, text }: Locked, { offset }: LockedPackage): string =>
  `${source}:${lineAndColumn(text, offset).line}`

/** Two checks that lock one package in two versions: the Agent's process has room for one. */
const assertAgreed = (all: readonly Locked[]): void => {
  const seen = new Map<string, { readonly from: Locked; readonly one: LockedPackage }>()
  for (const from of all)
    for (const one of from.packages) {
      const other = seen.get(one.name)
      if (other === undefined) seen.set(one.name, { from, one })
      else if (other.one.version !== one.version)
        throw new BoxhoundError(
          'E_PACKAGES',
          `the checks "${other.from.check}" and "${from.check}" need ${one.name} in two versions`,
          {
            file: from.source,
            line: lineAndColumn(from.text, one.offset).line,
            exitCode: 2,
            expected: 'one version: all checks run in one Python',
            found: `${other.one.version} in ${placeOf(other.from, other.one)}, ${one.version} in ${placeOf(from, one)}`,
            next: `agree on one version in both ${wishList}, then npm run lock -- BOX ${other.from.check} ${from.check}`,
          },
        )
    }
}

/** A check's module and a package of the same name: Python would take the package for the check. */
const assertOtherNames = (all: readonly Locked[], checks: readonly Check[]): void => {
  for (const from of all)
    for (const one of from.packages) {
      const check = checks.find(({ name }) => normalName(name) === one.name)
      if (check === undefined) continue
      throw new BoxhoundError('E_PACKAGES', `the package ${one.name} has the name of the check "${check.name}"`, {
        file: from.source,
        line: lineAndColumn(from.text, one.offset).line,
        exitCode: 2,
        expected: 'two names: the Agent would import the package in place of the check',
        found: `${one.name}==${one.version}`,
        next: `rename the check, for example to my_${check.name}`,
      })
    }
}

/**
 * The packages of all checks of a box as one locked list; undefined if they need none.
 *
 * @throws BoxhoundError E_PACKAGES (exit code 2) with file and line: a list that is not locked or stale, two checks that disagree, a package that
 *   would replace one of the Agent's own.
 */
export const packagesOf = (
  box: Box,
  project: Project,
): Required<Pick<WheelSet, 'list' | 'origins' | 'requirements'>> | undefined => {
  const own = box.checks.some(({ folder }) => existsSync(join(folder, lockedList)))
    ? agentPackages(box, project)
    : new Map()
  const all = box.checks.flatMap((check) => readLocked(check, own, project) ?? [])
  assertAgreed(all)
  assertOtherNames(all, box.checks)
  const merged = new Map<string, LockedPackage>()
  for (const one of all.flatMap(({ packages }) => packages))
    merged.set(one.name, {
      ...one,
      hashes: [...new Set([...(merged.get(one.name)?.hashes ?? []), ...one.hashes])].sort(),
    })
  const [first] = all
  if (first === undefined || merged.size === 0) return undefined
  const lines = [...merged.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, hashes }) =>
      [`${name}==${version}`, ...hashes.map((hash) => `--hash=sha256:${hash}`)].join(' '),
    )
  const origins = Object.fromEntries(
    all.flatMap((from) => from.packages.map((one) => [one.name, placeOf(from, one)] as const)),
  )
  return { requirements: first.source, list: `${lines.join('\n')}\n`, origins }
}
