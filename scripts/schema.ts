import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from './lib/_helpers/atomic.ts'
import { parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { boxJsonSchema, boxSchema } from './lib/box/json-schema.ts'
import { referenceOf } from './lib/box/reference.ts'

const command = {
  verb: 'schema',
  summary:
    'Writes boxes/box.schema.json, which gives editors completion for box files; in a checkout of boxhound also guide/box-file.md, their reference.',
  options: {
    check: { type: 'boolean', help: 'write nothing; exit 1 when a committed file is stale' },
    json: { type: 'boolean', help: 'one JSON document on stdout: {"files": [{"file", "stale"}]}' },
  },
  examples: [
    ['npm run schema', 'after a change to the schema in scripts/lib/box/'],
    ['npm run schema -- --check', 'in CI'],
  ],
} as const

/** What is written, by path. The reference is part of boxhound; editors look for the schema beside the user's box files. */
const filesOf = ({ tool, root }: Project): Readonly<Record<string, () => string>> => ({
  'boxes/box.schema.json': boxJsonSchema,
  ...(tool === root ? { 'guide/box-file.md': () => referenceOf(boxSchema()) } : {}),
})

/** `npm run schema`. @returns the exit code. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const states = []
  for (const [path, contentOf] of Object.entries(filesOf(project))) {
    const file = join(project.root, path)
    const content = contentOf()
    const stale = !existsSync(file) || readFileSync(file, 'utf8') !== content
    if (parsed.flags.check === true && stale)
      throw new BoxhoundError('E_STALE', `${path} is stale`, {
        file: path,
        expected: 'what the schema in scripts/lib/box/ says',
        found: 'something else',
        next: 'npm run schema, then commit it',
      })
    if (stale) await writeAtomic(file, content)
    states.push({ file: path, stale })
  }
  if (parsed.flags.json === true) console.log(JSON.stringify({ files: states }))
  else for (const { file, stale } of states) console.log(stale ? `${file} written` : `${file} is up to date`)
  return 0
}
