import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Ask } from '../../scripts/lib/init/ask.ts'
import { type Started, startRepository } from '../../scripts/lib/init/init.ts'
import type { Given } from '../../scripts/lib/init/wish.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

export const tool = process.cwd()

/** A folder of the test's own with some files in it. */
export const folderWith = async (
  t: ExecutionContext,
  files: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const folder = join(await temporaryFolder(t), 'machines')
  mkdirSync(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

export const start = (
  folder: string,
  given: Given = {},
  { ask, overwrite = false }: { readonly ask?: Ask; readonly overwrite?: boolean } = {},
): Promise<Started> => startRepository(given, folder, tool, { ask, overwrite })

export const stateOf = ({ files }: Started, path: string): string | undefined =>
  files.find((file) => file.path === path)?.state

export const textOf = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8')

/** All files below a folder, with their texts. */
export const treeOf = (folder: string): Readonly<Record<string, string>> =>
  existsSync(folder)
    ? Object.fromEntries(
        (readdirSync(folder, { recursive: true }) as string[])
          .filter((path) => statSync(join(folder, path)).isFile())
          .map((path) => [path, textOf(folder, path)]),
      )
    : {}

/** Answers in turn; remembers the questions. */
export const answering = (...answers: readonly string[]): Ask & { readonly asked: string[] } => {
  const left = [...answers]
  const asked: string[] = []
  return {
    asked,
    word: async (question, usual, check) => {
      asked.push(question)
      return check(left.shift() || usual)
    },
    agree: async (question) => {
      asked.push(question)
      return left.shift() === 'y'
    },
    end: () => {},
  }
}
