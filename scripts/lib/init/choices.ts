// What a new repository can be started with: systems, databases, apps.

import { join } from 'node:path'
import { boxNamesIn } from '../../_roots.mjs'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import { foldersOf } from '../box/folders.ts'
import { loadBox } from '../box/load.ts'
import { suggest } from '../box/nearest.ts'

/** A system to start from, with the box of boxhound's that shows how its image and its Agent are named. */
interface Start {
  readonly system: string
  readonly example: Box
  /** Versions that an engine needs there, by engine: that of the lab's own packages. */
  readonly versions: Readonly<Record<string, string>>
}

export interface Choices {
  readonly starts: readonly Start[]
  readonly databases: readonly string[]
  readonly apps: readonly string[]
}

/** The name of the lab among the systems. */
export const labSystem = 'lab'

/** Leaves a database or an app out. */
export const none = 'none'

const systemOf = ({ base }: Box): string | undefined =>
  base.kind === 'image' ? base.system.name : base.kind === 'lab' ? labSystem : undefined

/** Read from boxhound's own boxes, so that a system that gets one can be started from. */
export const readChoices = async (tool: string): Promise<Choices> => {
  const project: Project = { tool, root: tool, out: tool, cache: tool }
  const examples = await Promise.all(boxNamesIn(tool).map((name) => loadBox(name, project)))
  const systems = [...new Set(examples.flatMap((box) => systemOf(box) ?? []))]
  const starts = systems.flatMap((system) => {
    const all = examples.filter((box) => systemOf(box) === system)
    const [example] = all
    const versions = all.flatMap(({ database }) =>
      database?.version === undefined || database.repository === null
        ? []
        : [[database.engine, database.version] as const],
    )
    return example === undefined ? [] : [{ system, example, versions: Object.fromEntries(versions) }]
  })
  const anywhere = join(tool, 'boxes/any.yaml')
  const [databases, apps] = (['database', 'app'] as const).map((kind) => [...foldersOf(kind, anywhere, project).keys()])
  // The lab first: it works everywhere.
  const rank = ({ system }: Start): number => (system === labSystem ? 0 : 1)
  return { starts: starts.toSorted((a, b) => rank(a) - rank(b)), databases: databases ?? [], apps: apps ?? [] }
}

const unknown = (option: string, found: string, known: readonly string[]): BoxhoundError =>
  new BoxhoundError('E_USAGE', `--${option} ${found} is not known`, {
    expected: `one of ${known.join(', ')}`,
    found,
    next: suggest(found, known),
    exitCode: 2,
  })

/** A name of a list; for a system also the beginning of one alone, such as `ubuntu`. @throws BoxhoundError E_USAGE with the nearest. */
export const knownName = (option: string, word: string, known: readonly string[]): string => {
  if (known.includes(word)) return word
  const [only, ...others] = known.filter((name) => option === 'system' && name.startsWith(`${word}-`))
  if (only === undefined || others.length > 0) throw unknown(option, word, known)
  return only
}
