// Database engines whose packages come from their publisher's repository.

import * as z from 'zod'
import { type AptRepository, isLabVersion, type PublisherRepository } from './apt-repository.ts'
import { isPattern, matches } from './pattern.ts'
import type { Problem } from './problems.ts'
import { aptRepository } from './schema.ts'
import { foundAt, keyOffset, type Source, valueOffset } from './source.ts'

const { url, suite, components, keys, keyUrls } = aptRepository.shape

/** `repository` of a database.yaml: where an engine's packages come from, by system, and who signs them. */
export const publisher = z.strictObject({
  /** The versions that it offers. A trailing `+lab` is not part of what is matched. */
  versions: z.string('a regular expression').refine(isPattern, 'a valid regular expression'),
  /** By the name of a system; the publisher supports no others. */
  systems: z.record(
    z.string(),
    z.strictObject({ url, suite: suite.unwrap(), components: components.unwrap() }),
    'a map of systems',
  ),
  keys,
  keyUrls,
  keyring: z.string('an absolute path').regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\n]+$/, 'an absolute path without ..'),
  /** Folder of the project whose build.sh makes the lab's packages. */
  lab: z
    .string('a path')
    .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[a-z0-9/_-]+$/, 'a path relative to the project')
    .optional(),
})

export type Publisher = z.infer<typeof publisher>

/** The lab's repository of the packages that a folder makes, at addresses that lead nowhere on any machine (RFC 2606): an image must not depend on a port of this one. */
export const labRepository = (folder: string, url: string): AptRepository => ({
  lab: folder,
  url,
  suite: 'stable',
  components: ['7'],
  keys: [],
  keyUrls: ['http://keys.lab.invalid/DATADOG_APT_KEY_CURRENT.public'],
})

const path = ['database', 'version']

const versionProblem = (source: Source, details: Omit<Problem, 'offset' | 'found'>): Problem => ({
  offset: foundAt(source, path) === 'nothing' ? keyOffset(source, ['database']) : valueOffset(source, path),
  found: foundAt(source, path),
  ...details,
})

/** The system of a box's base, and all that provision/systems.yaml has. */
export interface Systems {
  readonly system: string
  readonly known: readonly string[]
}

const problemsOf = (
  title: string,
  { versions, systems, lab }: Publisher,
  version: string | undefined,
  { system, known }: Systems,
  source: Source,
): Problem[] => {
  const orLab = lab === undefined ? '' : ', or the lab’s, which ends in +lab'
  const offered = `an exact version of ${title} that its publisher offers, ${versions}${orLab}`
  if (version === undefined)
    return [
      versionProblem(source, {
        message: 'database.version is missing',
        expected: offered,
        next: `add database.version: ${title} comes from its publisher, not from the distribution`,
      }),
    ]
  const ofLab = isLabVersion(version)
  if (ofLab && lab === undefined)
    return [
      versionProblem(source, {
        message: `the lab has no ${title}`,
        expected: 'a version without +lab',
        next: 'name a version of the publisher, or add lab to repository in the database.yaml of the engine',
      }),
    ]
  if (matches(`^(?:${versions})$`, version.replace(/\+lab$/, '')) !== true)
    return [
      versionProblem(source, {
        message: `the repository of ${title} has no version ${version}`,
        expected: offered,
        next: 'name one that it has',
      }),
    ]
  if (ofLab || systems[system] !== undefined) return []
  const possible = Object.keys(systems).filter((name) => known.includes(name))
  return [
    {
      offset: valueOffset(source, ['database', 'engine']),
      message: `${title}’s publisher has no packages for ${system}`,
      expected: `a base with one of ${possible.join(', ')}${lab === undefined ? '' : ', or a database.version that ends in +lab'}`,
      found: system,
      next: 'choose another base or another engine',
    },
  ]
}

/**
 * The repository that a box's database comes from.
 *
 * @param version `database.version` of the box file.
 * @param systems which of them count, and which may be recommended.
 * @returns null for an engine of the distribution, and together with problems, which point into the box file.
 */
export const publishedBy = (
  { title, repository: offered }: { readonly title: string; readonly repository?: Publisher | undefined },
  version: string | undefined,
  systems: Systems,
  source: Source,
): { readonly repository: PublisherRepository | null; readonly problems: readonly Problem[] } => {
  if (offered === undefined) {
    if (version === undefined) return { repository: null, problems: [] }
    const problem = versionProblem(source, {
      message: `${title} comes from the distribution, which decides its version`,
      expected: 'no version, or an engine whose database.yaml has repository',
      next: 'remove database.version',
    })
    return { repository: null, problems: [problem] }
  }
  const problems = problemsOf(title, offered, version, systems, source)
  if (problems.length > 0 || version === undefined) return { repository: null, problems }
  const { lab, keys, keyUrls, keyring } = offered
  if (isLabVersion(version) && lab !== undefined) {
    const address = `http://apt.lab.invalid/${lab.split('/').at(-1)}/`
    return { repository: { ...labRepository(lab, address), keyring }, problems }
  }
  const place = offered.systems[systems.system]
  return { repository: place === undefined ? null : { lab: false, ...place, keys, keyUrls, keyring }, problems }
}
