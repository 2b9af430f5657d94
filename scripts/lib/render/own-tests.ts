// Tests of the user's: `tests/*.test.ts` beside the box file, each bundled with what it imports.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BuildFailure, BuildOptions } from 'esbuild'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { testsFolder } from '../box/folders.ts'
import { displayPath } from '../box/read.ts'
import { findKeys } from '../box/secrets.ts'
import type { OwnTest } from './rendered-box.ts'

const suffix = '.test.ts'

/** Files of a folder that hold tests, without their suffix. */
const namesIn = (folder: string): string[] =>
  statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
    ? readdirSync(folder)
        .filter((name) => name.endsWith(suffix))
        .map((name) => name.slice(0, -suffix.length))
        .sort()
    : []

const refusal = (file: string, message: string, details: { expected: string; found: string; next: string }) =>
  new BoxhoundError('E_TEST', message, { file, exitCode: 2, ...details })

const isFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors)

/** esbuild's first error, with its place; any other error as it is. */
const failure = (error: unknown, file: string): unknown => {
  if (!isFailure(error)) return error
  const [first] = error.errors
  const { line = 1, column = 0, lineText = '' } = first?.location ?? {}
  return new BoxhoundError('E_TEST', first?.text ?? 'it cannot be compiled', {
    ...{ file, line, column: column + 1, exitCode: 2 },
    expected: 'TypeScript that esbuild compiles',
    found: lineText.trim().slice(0, 100),
    next: 'correct it',
  })
}

/** What a file exports, and its code with the harness that runs it. */
const compile = async (file: string, project: Project): Promise<{ names: string[]; code: string }> => {
  const { build } = await import('esbuild')
  const resolveDir = dirname(file)
  const common = {
    ...{ bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent' },
    // No path of this machine gets into the expectations.
    ...{ minifyWhitespace: true, legalComments: 'none', absWorkingDir: resolveDir },
  } as const satisfies BuildOptions
  const { metafile } = await build({ ...common, entryPoints: [file], metafile: true, outdir: 'out' })
  const names = Object.values(metafile.outputs).flatMap(({ exports }) => exports)
  const harness = join(project.tool, 'suite/box/author/harness.mjs')
  const contents = `import * as tests from ${JSON.stringify(file)}\nimport { serve } from ${JSON.stringify(harness)}\nawait serve(tests)\n`
  const { outputFiles } = await build({ ...common, stdin: { contents, resolveDir, loader: 'js' } })
  return { names: names.sort(), code: outputFiles[0]?.text ?? '' }
}

const assertNames = (names: readonly string[], file: string): void => {
  const next = 'write: export const answers = async (guest) => { … }'
  if (names.length === 0)
    throw refusal(file, 'it exports no test', { expected: 'a named export for each test', found: 'no export', next })
  if (names.includes('default'))
    throw refusal(file, 'a default export has no name', { expected: 'named exports only', found: 'default', next })
}

/**
 * The tests beside a box file.
 *
 * @throws BoxhoundError E_TEST or E_SECRET (exit code 2) with the file: what does not compile, exports nothing, or has a secret in it.
 */
export const ownTests = async (boxFile: string, project: Project): Promise<OwnTest[]> => {
  const folder = join(dirname(boxFile), testsFolder)
  return Promise.all(
    namesIn(folder).map(async (name) => {
      const file = join(folder, `${name}${suffix}`)
      const shown = displayPath(file, project)
      if (!/^[a-z0-9][a-z0-9_-]*$/.test(name))
        throw refusal(shown, 'the name of a test file', {
          expected: 'lower-case letters, digits, _ and -: it becomes part of an id',
          found: name,
          next: 'rename it',
        })
      if (findKeys(readFileSync(file, 'utf8')).length > 0)
        throw new BoxhoundError('E_SECRET', 'what looks like a Datadog key', {
          ...{ file: shown, exitCode: 2, expected: 'no secret: the test becomes part of published expectations' },
          next: 'have the test read it from the machine',
        })
      try {
        const { names, code } = await compile(file, project)
        assertNames(names, shown)
        return { file: name, names, code }
      } catch (error) {
        throw failure(error, shown)
      }
    }),
  )
}
