// What is done with a file that is there already: nothing without a yes.

import { lstatSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { isObject, type JsonObject } from '../_helpers/json.ts'
import { kindOfFile } from '../_helpers/plain-file.ts'
import type { NewFile } from './files.ts'

/** A change of an existing file, which a yes is needed for. */
export interface Change {
  readonly content: string
  readonly question: string
  readonly state: 'replaced' | 'extended'
}

const jsonOf = (text: string, file: string): JsonObject => {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // the same error
  }
  throw new BoxhoundError('E_INIT', 'package.json cannot be read', {
    file,
    expected: 'a JSON object',
    found: 'something else',
    next: 'mend or remove it',
    exitCode: 2,
  })
}

/** Adds what is missing to a package.json; undefined if boxhound is among its dependencies. */
const extendedPackage = (old: string, fresh: string, file: string): string | undefined => {
  const [own, ours] = [jsonOf(old, file), jsonOf(fresh, file)]
  const lists = ['dependencies', 'devDependencies'].map((name) => own[name])
  if (lists.some((list) => isObject(list) && 'boxhound' in list)) return undefined
  const part = (name: string) => (isObject(own[name]) ? own[name] : {})
  const added = isObject(ours.devDependencies) ? ours.devDependencies : {}
  const denied = isObject(ours.allowScripts) ? ours.allowScripts : {}
  const indent = /^\{\n?(\s+)"/.exec(old)?.[1]?.replace('\n', '') ?? '  '
  const merged = {
    ...own,
    devDependencies: { ...part('devDependencies'), ...added },
    allowScripts: { ...denied, ...part('allowScripts') },
  }
  return `${JSON.stringify(merged, null, indent)}\n`
}

/** Adds the lines that a .gitignore lacks; undefined if it has them all. */
const extendedIgnore = (old: string, fresh: string): string | undefined => {
  const known = new Set(old.split(/\r?\n/).map((line) => line.trim().replace(/^\//, '').replace(/\/$/, '')))
  const missing = fresh.split('\n').filter((line) => line !== '' && !known.has(line.replace(/\/$/, '')))
  if (missing.length === 0) return undefined
  return `${old}${old === '' || old.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`
}

const there = (path: string) => lstatSync(path, { throwIfNoEntry: false })

/** Something else where a file or a folder has to be. */
const assertPlace = (folder: string, path: string): void => {
  const full = join(folder, path)
  const wrong = (at: string, expected: string, what: Parameters<typeof kindOfFile>[0]): BoxhoundError =>
    new BoxhoundError('E_INIT', `there is something else where ${relative(folder, at) || 'the repository'} goes`, {
      file: at,
      expected,
      found: kindOfFile(what),
      next: 'move it away, or choose another folder',
      exitCode: 2,
    })
  const inside = dirname(path) === '.' ? [] : dirname(path).split('/')
  // From the top: below something that is no folder nothing can be looked at. Links to folders are followed.
  for (const parent of [folder, ...inside.map((_, index) => join(folder, ...inside.slice(0, index + 1)))]) {
    const found = statSync(parent, { throwIfNoEntry: false })
    if (found !== undefined && !found.isDirectory()) throw wrong(parent, 'a folder or nothing', found)
  }
  const found = there(full)
  if (found !== undefined && !found.isFile() && !found.isSymbolicLink()) throw wrong(full, 'a file or nothing', found)
}

/**
 * What a new file means for the folder: `written` when nothing is there, `unchanged`, or a change to agree to.
 *
 * @throws BoxhoundError E_INIT (exit code 2) when no file can be there.
 */
export const compare = ({ path, content }: NewFile, folder: string): 'written' | 'unchanged' | Change => {
  assertPlace(folder, path)
  const file = join(folder, path)
  if (there(file) === undefined) return 'written'
  const old = readFileSync(file, 'utf8')
  if (old === content) return 'unchanged'
  if (path === 'package.json') {
    const extended = extendedPackage(old, content, file)
    if (extended === undefined) return 'unchanged'
    return {
      content: extended,
      state: 'extended',
      question: 'package.json exists. Add boxhound to its devDependencies?',
    }
  }
  if (path === '.gitignore') {
    const extended = extendedIgnore(old, content)
    if (extended === undefined) return 'unchanged'
    return { content: extended, state: 'extended', question: '.gitignore exists. Add the lines that it lacks?' }
  }
  return { content, state: 'replaced', question: `${path} exists and differs. Replace it?` }
}
