// Starts a repository of the user's own.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { projectAt, rootOf } from '../_helpers/paths.ts'
import { loadBox } from '../box/load.ts'
import { renderBox } from '../render/render.ts'
import type { Ask } from './ask.ts'
import { readChoices } from './choices.ts'
import { compare } from './existing.ts'
import { filesOf, type NewFile } from './files.ts'
import { completeWish, type Given } from './wish.ts'

export interface WrittenFile {
  readonly path: string
  /** kept: it differs, and nobody said yes. extended: what was missing was added. */
  readonly state: 'written' | 'unchanged' | 'kept' | 'replaced' | 'extended'
}

export interface Started {
  readonly box: string
  readonly files: readonly WrittenFile[]
}

/** The box file that the error is about is none of the user's yet. */
const unfit = (error: BoxhoundError): BoxhoundError =>
  new BoxhoundError('E_INIT', `such a box cannot be started from the command line: ${error.message}`, {
    ...(error.details.expected === undefined ? {} : { expected: error.details.expected }),
    ...(error.details.found === undefined ? {} : { found: error.details.found }),
    next: 'choose another database or app; or start with none, and add it to the box file by hand',
    exitCode: 2,
    cause: error,
  })

/** Renders the box elsewhere first: a database that the system cannot have is refused before anything is written. */
const assertRenders = async (name: string, files: readonly NewFile[], tool: string): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-init-'))
  await withCleanup(
    () => rm(folder, { recursive: true, force: true }),
    async () => {
      for (const { path, content } of files) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), content)
      }
      const project = projectAt(folder, {}, tool)
      try {
        await renderBox(await loadBox(name, project), project)
      } catch (error) {
        throw error instanceof BoxhoundError ? unfit(error) : error
      }
    },
  )
}

/** A repository of one's own is not part of boxhound's. */
const assertOutside = (folder: string, tool: string): void => {
  if (rootOf(folder, { tool, root: tool }) === undefined) return
  throw new BoxhoundError('E_USAGE', 'a repository of your own does not go into boxhound’s folder', {
    expected: 'another folder',
    found: folder,
    next: 'npm run init -- ../machines',
    exitCode: 2,
  })
}

/**
 * Writes the files of a new repository. None that exists is changed without a yes.
 *
 * @param ask undefined where nobody can be asked: then defaults are taken, and existing files kept.
 * @param overwrite a yes to every change of an existing file.
 * @throws BoxhoundError E_USAGE, E_INIT or E_BOX_FILE (exit code 2), before anything is written.
 */
export const startRepository = async (
  given: Given,
  folder: string,
  tool: string,
  { ask, overwrite }: { readonly ask: Ask | undefined; readonly overwrite: boolean },
): Promise<Started> => {
  assertOutside(folder, tool)
  const choices = await readChoices(tool)
  const wish = await completeWish(given, folder, choices, ask)
  const files = filesOf(wish, folder, choices, tool)
  await assertRenders(wish.name, files, tool)
  const compared = files.map((file) => ({ file, found: compare(file, folder) }))
  const decided: { readonly file: NewFile; readonly state: WrittenFile['state'] }[] = []
  for (const { file, found } of compared) {
    if (typeof found === 'string') decided.push({ file, state: found })
    else if (overwrite || (await ask?.agree(found.question)) === true)
      decided.push({ file: { path: file.path, content: found.content }, state: found.state })
    else decided.push({ file, state: 'kept' })
  }
  for (const { file, state } of decided)
    if (state !== 'unchanged' && state !== 'kept') await writeAtomic(join(folder, file.path), file.content)
  return { box: wish.name, files: decided.map(({ file: { path }, state }) => ({ path, state })) }
}
