// Reads what pip says about a resolution.

import { z } from 'zod'
import { BoxhoundError } from '../_helpers/errors.ts'
import { normalName } from '../box/requirements.ts'

/** One package that pip chose, and the digest of its wheel. */
export interface Resolved {
  readonly name: string
  readonly version: string
  readonly hash: string
}

const schema = z.object({
  install: z.array(
    z.object({
      metadata: z.object({ name: z.string(), version: z.string() }),
      download_info: z.object({
        archive_info: z.object({ hashes: z.record(z.string(), z.string()).optional(), hash: z.string().optional() }),
      }),
    }),
  ),
})

/**
 * The packages of an installation report (`pip install --report`, version 1), sorted by name.
 *
 * @throws BoxhoundError E_LOCK for a report of another shape, or a package without SHA-256.
 */
export const readReport = (text: string): Resolved[] => {
  const parsed = schema.safeParse(JSON.parse(text))
  if (!parsed.success)
    throw new BoxhoundError('E_LOCK', 'pip’s report has another shape', {
      expected: 'an installation report of version 1',
      found: z.prettifyError(parsed.error).split('\n').slice(0, 3).join('; '),
      next: 'install a newer pip, at least 23.0',
    })
  return parsed.data.install
    .map(({ metadata, download_info: { archive_info: archive } }) => {
      const hash = archive.hashes?.sha256 ?? /^sha256=([0-9a-f]{64})$/.exec(archive.hash ?? '')?.[1]
      if (hash === undefined || !/^[0-9a-f]{64}$/.test(hash))
        throw new BoxhoundError('E_LOCK', `the index gives no SHA-256 for ${metadata.name} ${metadata.version}`, {
          expected: 'an index that has sha256 digests in its links, as PEP 503 says',
          found: 'none',
        })
      return { name: normalName(metadata.name), version: metadata.version, hash }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const details = { expected: 'wheels of versions that agree, also with the Agent’s own packages', exitCode: 2 as const }

/** The line of a requirements.in that names a package, if one does. */
const lineOf = (wishes: string, name: string): { line?: number } => {
  const at = wishes.split('\n').findIndex((line) => normalName(/^\s*([A-Za-z0-9._-]*)/.exec(line)?.[1] ?? '') === name)
  return at < 0 || name === '' ? {} : { line: at + 1 }
}

/** The list that was to be locked. */
export interface WishFile {
  /** How errors name it. */
  readonly file: string
  readonly text: string
}

/**
 * Why pip found no solution, from its output; undefined for any other failure.
 *
 * @param own the Agent's packages, by normal name.
 */
export const resolutionError = (
  output: string,
  wishes: WishFile,
  python: string,
  own: ReadonlyMap<string, string>,
): BoxhoundError | undefined => {
  const { file, text } = wishes
  const missing = /No matching distribution found for (\S+)/.exec(output)?.[1]
  if (missing !== undefined) {
    const name = /^[A-Za-z0-9._-]*/.exec(missing)?.[0] ?? ''
    const held = own.get(normalName(name))
    return held !== undefined && output.includes(`${name}==${held}`)
      ? replacing(name, held, missing, wishes)
      : new BoxhoundError('E_LOCK', `no wheel for ${missing}`, {
          ...details,
          file,
          ...lineOf(text, normalName(name)),
          expected: `a wheel for Python ${python} on the index: nothing is compiled for an image`,
          found: 'none: a wrong name or version, or only a source distribution',
          next: 'correct the line, choose another version, or publish a wheel on your own index (mirrors.pypi in the box file)',
        })
  }
  if (!/ResolutionImpossible|conflicting dependencies|Cannot install/.test(output)) return undefined
  const causes = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^The user requested|depends on /.test(line))
  const bound = causes
    .map((line) => /^The user requested \(constraint\) ([A-Za-z0-9._-]+)==(\S+)/.exec(line))
    .find((match) => match !== null && own.get(normalName(match[1] ?? '')) === match[2])
  const wanted = causes.find((line) => !line.includes('(constraint)'))
  if (bound !== undefined && bound !== null) return replacing(bound[1] ?? '', bound[2] ?? '', wanted ?? '', wishes)
  return new BoxhoundError('E_LOCK', 'the packages need versions of each other that exclude one another', {
    ...details,
    file,
    found: causes.length === 0 ? output.trim().split('\n').slice(-3).join('; ') : causes.join('; '),
    next: `loosen a version in ${file}`,
  })
}

const replacing = (name: string, held: string, wanted: string, { file, text }: WishFile): BoxhoundError =>
  new BoxhoundError('E_LOCK', `another version of the Agent’s own ${name} is needed`, {
    ...details,
    file,
    ...lineOf(text, normalName(/^The user requested ([A-Za-z0-9._-]+)/.exec(wanted)?.[1] ?? name)),
    expected: `${name} ${held}, which the Agent’s own checks count on`,
    found: wanted.replace(/^The user requested /, ''),
    next: `allow ${name} ${held}, or choose a version of the package that does`,
  })
