// Rules about the contents of an image, and how they read a survey of it.

import type { DatabaseExpectation, Expectations, Kept } from '../render/rendered-box.ts'
import type { Entry, Survey } from './evidence.ts'

/** A rule about contents; `problems` is empty for a good image. Each rule must fail on the planted copy. */
export interface Rule {
  readonly fault: number
  readonly title: string
  /** What to do where a layer of the user's breaks it. */
  readonly next?: string
  readonly problems: (survey: Survey, box: BoxParts) => readonly string[]
}

/** The parts of a box that decide which accounts and sources belong in its image. */
export interface BoxParts {
  readonly database: DatabaseExpectation | null
  readonly app: Expectations['app']
  /** What layers of the user's add to the accounts. */
  readonly accounts?: Expectations['accounts'] | undefined
  readonly agentSource: string | null
  /** What mirrors.keep leaves in the image; null without it. */
  readonly kept: Kept | null
}

export const entryOf = ({ entries }: Survey, path: string): Entry | undefined => entries.find(([name]) => name === path)

/** Lines that are neither comments nor blank. */
export const linesOf = ({ texts }: Survey, path: string): string[] =>
  (texts[path] ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

/** Lines of every file whose path matches, each with its path. */
export const linesIn = (survey: Survey, paths: RegExp): { path: string; line: string }[] =>
  Object.keys(survey.texts)
    .filter((path) => paths.test(path))
    .flatMap((path) => linesOf(survey, path).map((line) => ({ path, line })))

/** `name:field:field` records, as in passwd(5). */
export const recordsOf = (survey: Survey, path: string): string[][] =>
  (survey.texts[path] ?? '')
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => line.split(':'))
