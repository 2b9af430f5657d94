import type { Entry, Survey } from '../../scripts/lib/proof/evidence.ts'
import type { DatabaseExpectation, Expectations, Kept } from '../../scripts/lib/render/rendered-box.ts'

/** A rule about contents; `problems` is empty on a good image. Each is seen red on the planted copy. */
export interface Rule {
  readonly fault: number
  readonly title: string
  readonly problems: (survey: Survey, box: BoxParts) => readonly string[]
}

/** What of a box decides which accounts and sources belong into it. */
export interface BoxParts {
  readonly database: DatabaseExpectation | null
  readonly app: Expectations['app']
  readonly agentSource: string
  /** What mirrors.keep leaves; null without it. */
  readonly kept: Kept | null
}

export const entryOf = ({ entries }: Survey, path: string): Entry | undefined => entries.find(([name]) => name === path)

/** Lines that say something: no comment, nothing blank. */
export const linesOf = ({ texts }: Survey, path: string): string[] =>
  (texts[path] ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

/** Lines of every file whose path matches, each with its path in front. */
export const linesIn = (survey: Survey, paths: RegExp): { path: string; line: string }[] =>
  Object.keys(survey.texts)
    .filter((path) => paths.test(path))
    .flatMap((path) => linesOf(survey, path).map((line) => ({ path, line })))

/** `name:field:field` records, as passwd(5) and its like have them. */
export const recordsOf = (survey: Survey, path: string): string[][] =>
  (survey.texts[path] ?? '')
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => line.split(':'))
