import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'

/** The small project under test/fixtures/project, whose provision/ no change of the real one can break. */
export const fixture = projectAt(fileURLToPath(new URL('../fixtures/project', import.meta.url)), {})

/** The least that a box file must say. */
export const bare = `box: x
version: 1.0.0
base: { lab: trixie }
agent: { version: 7.83.0 }
`

/** A file in a folder of its own, removed with the test. */
export const temporaryFile = (t: ExecutionContext, content: string | Uint8Array, name = 'box.yaml'): string => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

export const loadText = (t: ExecutionContext, content: string | Uint8Array) =>
  loadBox(temporaryFile(t, content), fixture)

/** The error of a box file that must be refused: position, expected, found and next are all there, the exit code is 2. */
export const refused = async (t: ExecutionContext, content: string | Uint8Array): Promise<BoxhoundError> => {
  const error = await t.throwsAsync(loadText(t, content), { instanceOf: BoxhoundError })
  const { file, line, column, exitCode } = error.details
  t.truthy(file)
  t.is(exitCode, 2)
  t.is(typeof line, 'number')
  t.is(typeof column, 'number')
  if (!(error.details.cause instanceof AggregateError)) {
    t.truthy(error.details.expected)
    t.truthy(error.details.found)
    t.truthy(error.details.next)
  }
  return error
}

/** `line:column` of an error. */
export const where = ({ details }: BoxhoundError): string => `${details.line}:${details.column}`
