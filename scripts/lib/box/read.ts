// Reads and parses YAML files strictly.

import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { parseDocument } from 'yaml'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { kindOfFile, readPlain } from '../_helpers/plain-file.ts'
import { excerpt } from './excerpt.ts'
import { guardText, maximumBytes } from './guard.ts'
import { problemsError } from './problems.ts'
import type { Source } from './source.ts'
import { walk } from './walk.ts'

/** A path as a user would type it: relative to the project's root if inside it. */
export const displayPath = (file: string, project: Project): string => {
  const path = relative(project.root, file)
  return path.startsWith('..') ? file : path
}

const next: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  TAG_RESOLVE_FAILED: 'quote the value if it starts with "!"',
  MULTIPLE_DOCS: 'remove the line ---: one file is one box',
}

/**
 * Parses the text of one YAML file strictly: warnings are errors, and so is anything ambiguous to a reader (faults 2 to 11, 22).
 *
 * @param path how errors name the file.
 * @throws BoxhoundError E_BOX_FILE when it can't be parsed as plain data; lesser problems are part of the result.
 */
export const parseSource = (text: string, path: string): Source => {
  const guarded = guardText(text)
  if (guarded.length > 0) throw problemsError(path, text, guarded)
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, stringKeys: false })
  // After the first error, the parser only guesses.
  const broken = [...document.errors.slice(0, 1), ...document.warnings].map((error) => ({
    offset: error.pos[0],
    message: error.message,
    expected: 'valid YAML 1.2',
    found: JSON.stringify(excerpt(text.slice(error.pos[0], error.pos[1] + 1).split('\n')[0] ?? '')),
    next: next[error.code] ?? 'fix the syntax here',
  }))
  if (broken.length > 0) throw problemsError(path, text, broken)
  const problems = walk(document.contents, text)
  if (problems.some(({ fatal }) => fatal)) throw problemsError(path, text, problems)
  return { path, text, document, value: document.toJS({ maxAliasCount: 0 }), problems }
}

/**
 * Reads and parses a file; checks its size before reading (fault 9).
 *
 * @throws BoxhoundError E_BOX_FILE, exit code 2, also when it is missing, too large or not UTF-8.
 */
export const readSource = (file: string, project: Project): Source => {
  const path = displayPath(file, project)
  const fail = (message: string, details: { expected: string; found: string; next: string; cause?: unknown }) =>
    new BoxhoundError('E_BOX_FILE', message, { file: path, exitCode: 2, ...details })
  const size = statSync(file, { throwIfNoEntry: false })
  if (!size?.isFile())
    throw fail('no such file', {
      expected: 'a YAML file',
      found: size === undefined ? 'nothing' : kindOfFile(size),
      next: 'check the path',
    })
  if (size.size > maximumBytes)
    throw fail('too large to be a box file', {
      expected: `at most ${maximumBytes / 1024} KiB`,
      found: `${size.size} bytes`,
      next: 'make sure that it is the right file',
    })
  const { content: bytes } = readPlain(file, { source: path, maximum: maximumBytes, follow: true })
  try {
    return parseSource(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), path)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw fail('not UTF-8', { expected: 'text in UTF-8', found: 'other bytes', next: 'save the file as UTF-8', cause })
  }
}
