// Locked Python packages: a requirements.txt with exact versions and hashes.

import type { Problem } from './problems.ts'

/** One package of a requirements.txt. */
export interface LockedPackage {
  /** As PEP 503 compares names: lower case, `-` for every run of `-`, `_` and `.`. */
  readonly name: string
  readonly version: string
  /** SHA-256 of the files that may be installed. */
  readonly hashes: readonly string[]
  /** Offset of its line. */
  readonly offset: number
}

export const normalName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')

/** Lines joined at backslashes, without comments; each with the offset of its first character that counts. */
const logicalLines = (text: string): { readonly offset: number; readonly line: string }[] => {
  const lines: { offset: number; line: string }[] = []
  let open: { offset: number; line: string } | undefined
  let offset = 0
  for (const raw of text.split('\n')) {
    const written = raw.replace(/\r$/, '')
    // pip drops a comment before it joins lines, so a comment inside an entry does not end it.
    const isComment = /^\s*#/.test(written)
    const kept = isComment ? '' : written.replace(/(?:^|\s+)#.*$/, '')
    const continued = isComment ? open !== undefined : /\\$/.test(kept)
    const part = kept.replace(/\\$/, ' ')
    if (open !== undefined) open = { ...open, line: `${open.line}${part}` }
    else if (part.trim() !== '') open = { offset: offset + part.search(/\S/), line: part }
    if (open !== undefined && !continued) {
      lines.push({ ...open, line: open.line.trim() })
      open = undefined
    }
    offset += raw.length + 1
  }
  return open === undefined ? lines : [...lines, { ...open, line: open.line.trim() }]
}

const relock = 'write what the check needs in requirements.in, and run npm run lock -- BOX'

const problem = (offset: number, message: string, found: string, expected = entry, next = relock): Problem => ({
  offset,
  message,
  expected,
  found: found.length > 80 ? `${found.slice(0, 79)}…` : found,
  next,
})

const entry = 'NAME==VERSION --hash=sha256:DIGEST, for each package'

const options: readonly (readonly [option: RegExp, message: string, next: string])[] = [
  [
    /^(?:-r|--requirement)\b/,
    'another file of requirements',
    'write its lines here: what a check needs is in one file',
  ],
  [/^(?:-c|--constraint)\b/, 'a file of constraints', 'remove it: a locked list has exact versions anyway'],
  [/^(?:-e|--editable)\b/, 'an editable package', 'publish it as a wheel on an index'],
  [
    /^(?:-i|--index-url|--extra-index-url|--no-index|-f|--find-links|--trusted-host)\b/,
    'the address of an index',
    'remove it, and set mirrors.pypi in the box file: an address in here could hold a login',
  ],
  [/^(?:--no-binary|--only-binary|--prefer-binary)\b/, 'a choice of formats', 'remove it: only wheels are installed'],
]

const marker = 'a condition on the environment'

/** What is wrong with one entry, most telling first; undefined if nothing is. */
const wrongEntry = (line: string, offset: number): Problem | undefined => {
  const option = options.find(([pattern]) => pattern.test(line))
  if (option !== undefined) return problem(offset, option[1], line.split(/[\s=]/)[0] ?? line, entry, option[2])
  if (line.startsWith('-')) return problem(offset, 'an option of pip', line.split(/[\s=]/)[0] ?? line)
  // An address may hold a login: only the kind is told.
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|(?:git|hg|svn|bzr)\+|file:)|\s@\s*\S/i.test(line))
    return problem(
      offset,
      'a package from an address',
      'an address, not shown',
      entry,
      'take a release from the index: only those are locked by version',
    )
  if (/^[./~]|\.(?:whl|zip|tar\.gz)(?:\s|$)/.test(line))
    return problem(
      offset,
      'a package from a file',
      line.split(/\s/)[0] ?? line,
      entry,
      'publish it on an index, and lock it by version',
    )
  if (/;/.test(line.replace(/--hash.*$/, '')))
    return problem(
      offset,
      marker,
      line.slice(line.indexOf(';')).replace(/\s*--hash.*$/, ''),
      'an entry without a condition: the list is for one Python',
      relock,
    )
  return undefined
}

const named = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[A-Za-z0-9._,\s-]*\])?/

const entryOf = (line: string, offset: number): LockedPackage | Problem => {
  const wrong = wrongEntry(line, offset)
  if (wrong !== undefined) return wrong
  const end = line.search(/\s--/)
  const head = (end < 0 ? line : line.slice(0, end)).trim()
  const settings =
    end < 0
      ? []
      : line
          .slice(end)
          .trim()
          .split(/\s+(?=--)/)
  const [start = '', name = ''] = named.exec(head) ?? []
  if (name === '') return problem(offset, 'not an entry of a requirements file', line)
  const specifier = head.slice(start.length).trim()
  const [, version] = /^==\s*([0-9A-Za-z][0-9A-Za-z.!+_-]*)$/.exec(specifier) ?? []
  if (version === undefined)
    return problem(
      offset,
      `${name} has no exact version`,
      specifier === '' ? 'no version' : specifier,
      `${name}==VERSION`,
    )
  const strange = settings.find((one) => !/^--hash[=\s]/.test(one))
  if (strange !== undefined) return problem(offset, 'an option of pip', strange.split(/[\s=]/)[0] ?? strange)
  const hashes = settings.map((one) => one.slice('--hash='.length).trim())
  if (hashes.length === 0) return problem(offset, `${name} has no hash`, `${name}==${version}`)
  const odd = hashes.find((hash) => !/^sha256:[0-9a-f]{64}$/.test(hash))
  if (odd !== undefined)
    return problem(offset, `${name} has a hash that is none`, odd, 'sha256: and 64 lower-case hexadecimal digits')
  return { name: normalName(name), version, hashes: [...new Set(hashes)].map((hash) => hash.slice(7)), offset }
}

/** Reads a locked list strictly: whatever pip would take from elsewhere, or in a version of its choice, is a problem with its position. */
export const parseRequirements = (
  text: string,
): { readonly packages: readonly LockedPackage[]; readonly problems: readonly Problem[] } => {
  const packages: LockedPackage[] = []
  const problems: Problem[] = []
  for (const { offset, line } of logicalLines(text)) {
    const one = entryOf(line, offset)
    if ('message' in one) problems.push(one)
    else if (packages.some(({ name }) => name === one.name))
      problems.push(
        problem(
          offset,
          `${one.name} is there already`,
          line.split(/\s/)[0] ?? line,
          'each package once',
          'remove one of the two',
        ),
      )
    else packages.push(one)
  }
  return { packages, problems }
}

/** Reads what a check's author wishes: any versions and conditions, but no address, file or option. */
export const parseWishes = (
  text: string,
): { readonly names: readonly string[]; readonly problems: readonly Problem[] } => {
  const lines = logicalLines(text)
  const next = 'write the name of a package, and the versions that will do'
  const wrong = lines.flatMap(({ offset, line }): Problem[] => {
    const found = wrongEntry(line, offset)
    if (found !== undefined && found.message !== marker) return [{ ...found, expected: wish }]
    if (/--hash/.test(line)) return [problem(offset, 'a hash', line, wish, 'remove it: locking writes the hashes')]
    return /^[A-Za-z0-9]/.test(line) ? [] : [problem(offset, 'no name of a package', line, wish, next)]
  })
  const none: Problem[] =
    lines.length > 0 ? [] : [{ offset: 0, message: 'no package', expected: wish, found: 'an empty list', next }]
  const names = lines.map(({ line }) => normalName(/^[A-Za-z0-9._-]*/.exec(line)?.[0] ?? ''))
  return { names, problems: [...wrong, ...none] }
}

const wish = 'a package such as cronsim>=2.6,<3'
