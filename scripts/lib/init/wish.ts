// What a new repository is to hold, from the command line and from answers.

import { basename } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { nameOfBox } from '../box/schema.ts'
import type { Ask } from './ask.ts'
import { type Choices, knownName, labSystem, none } from './choices.ts'

export interface Wish {
  readonly name: string
  readonly system: string
  /** A name, or `none`. */
  readonly database: string
  readonly app: string
}

/** The options of the command line that were given. */
export type Given = Partial<Wish>

/** A box's name out of a folder's; `web` where nothing of it can be used. */
const nameFrom = (folder: string): string => {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 63)
  return nameOfBox.safeParse(name).success ? name : 'web'
}

const validName = (word: string): string => {
  if (nameOfBox.safeParse(word).success) return word
  throw new BoxhoundError('E_USAGE', `"${word}" cannot be the name of a box`, {
    expected: 'lower-case letters, digits and -, a letter first, at most 63',
    found: word,
    next: `--name ${nameFrom(word)}`,
    exitCode: 2,
  })
}

/** As boxhound's own box of that system has it. */
const usualOf = (choices: Choices, system: string): { readonly database: string; readonly app: string } => {
  const example = choices.starts.find((start) => start.system === system)?.example
  return { database: example?.database?.engine ?? none, app: example?.app?.name ?? none }
}

/**
 * Completes what the command line says: by questions, or with `ask` undefined by defaults.
 *
 * @throws BoxhoundError E_USAGE (exit code 2) for a name that is not known.
 */
export const completeWish = async (
  given: Given,
  folder: string,
  choices: Choices,
  ask: Ask | undefined,
): Promise<Wish> => {
  const systems = choices.starts.map(({ system }) => system)
  const settle = async (key: keyof Wish, usual: string, known: readonly string[] | undefined, question: string) => {
    const check = (word: string): string => (known === undefined ? validName(word) : knownName(key, word, known))
    const word = given[key]
    if (word !== undefined || ask === undefined) return check(word ?? usual)
    return ask.word(known === undefined ? question : `${question} (${known.join(', ')})`, usual, check)
  }
  // Everything that was given is judged before the first question.
  for (const [key, known] of [
    ['name', undefined],
    ['system', systems],
    ['database', [...choices.databases, none]],
    ['app', [...choices.apps, none]],
  ] as const)
    if (given[key] !== undefined) await settle(key, '', known, '')
  const name = await settle('name', nameFrom(folder), undefined, 'Name of the box')
  const system = await settle('system', systems[0] ?? labSystem, systems, 'System')
  const usual = usualOf(choices, system)
  const database = await settle('database', usual.database, [...choices.databases, none], 'Database')
  const app = await settle('app', usual.app, [...choices.apps, none], 'Traced app')
  return { name, system, database, app }
}
