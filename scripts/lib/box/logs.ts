// Log sources of a box file, resolved.

import type { LogSource, LogTrial } from './box.ts'
import type { Problem } from './problems.ts'
import type { BoxFile } from './schema.ts'
import { foundAt, type Path, type Source, valueOffset } from './source.ts'

type Entries = NonNullable<BoxFile['logs']>
type Entry = Entries[string]

/** A port that something else of the box listens on. */
export interface TakenPort {
  readonly port: number
  readonly owner: string
}

const at = (source: Source, path: Path, words: Omit<Problem, 'offset' | 'found'>): Problem => ({
  offset: valueOffset(source, path),
  found: foundAt(source, path),
  ...words,
})

/** With {id} in every line: by it the suite knows its own lines. */
const trialsOf = (entry: Entry): readonly LogTrial[] =>
  (entry.try ?? [{ line: 'a line of boxhound, {id}' }]).map(({ line, arrives = line }) => {
    const mark = line.includes('{id}') ? '' : ' {id}'
    return { line: `${line}${mark}`, arrives: arrives === false ? null : `${arrives}${mark}` }
  })

const portProblems = (entries: Entries, taken: readonly TakenPort[], source: Source): Problem[] => {
  const seen = new Map<string, string>()
  return Object.entries(entries).flatMap(([name, entry]) => {
    if (entry.type !== 'tcp' && entry.type !== 'udp') return []
    const key = `${entry.type} ${entry.port}`
    const other = taken.find(({ port }) => port === entry.port)?.owner ?? seen.get(key)
    seen.set(key, `logs.${name}`)
    if (other === undefined) return []
    const words = {
      message: `port ${entry.port} is taken by ${other}`,
      expected: 'a free port',
      next: 'choose another',
    }
    return [at(source, ['logs', name, 'port'], words)]
  })
}

/** Two sources of one file would send each line twice. */
const pathProblems = (entries: Entries, source: Source): Problem[] => {
  const seen = new Map<string, string>()
  return Object.entries(entries).flatMap(([name, entry]) => {
    if (entry.type !== 'file') return []
    const other = seen.get(entry.path)
    seen.set(entry.path, name)
    if (other === undefined) return []
    const words = { message: `logs.${other} follows the same path`, expected: 'each path once', next: 'remove one' }
    return [at(source, ['logs', name, 'path'], words)]
  })
}

/** Resolves the log sources of a box file. */
export const logsOf = (
  entries: Entries,
  { collected, taken }: { readonly collected: boolean; readonly taken: readonly TakenPort[] },
  source: Source,
): { readonly logs: readonly LogSource[]; readonly problems: readonly Problem[] } => ({
  logs: Object.entries(entries).map(([name, entry]) => {
    const { try: _, ...config } = entry
    return { name, config, trials: trialsOf(entry) }
  }),
  problems: [
    ...(collected || Object.keys(entries).length === 0
      ? []
      : [
          at(source, ['logs'], {
            message: 'the Agent collects no logs in this box',
            expected: 'no logs, or agent.logs: true',
            next: 'remove logs, or set agent.logs to true',
          }),
        ]),
    ...portProblems(entries, taken, source),
    ...pathProblems(entries, source),
  ],
})
