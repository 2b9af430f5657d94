import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from './lib/_helpers/atomic.ts'
import { parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { boxJsonSchema } from './lib/box/json-schema.ts'

const command = {
  verb: 'schema',
  summary: 'Writes boxes/box.schema.json, which gives editors completion for box files.',
  options: {
    check: { type: 'boolean', help: 'write nothing; exit 1 when the committed file is stale' },
    json: { type: 'boolean', help: 'one JSON document on stdout: {"file", "stale"}' },
  },
  examples: [
    ['npm run schema', 'after a change to scripts/lib/box/schema.ts'],
    ['npm run schema -- --check', 'in CI'],
  ],
} as const

const path = 'boxes/box.schema.json'

/** `npm run schema`. @returns the exit code. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const file = join(project.root, path)
  const schema = boxJsonSchema()
  const stale = !existsSync(file) || readFileSync(file, 'utf8') !== schema
  if (parsed.flags.check === true && stale)
    throw new BoxhoundError('E_STALE', 'the JSON schema of box files is stale', {
      file: path,
      expected: 'what scripts/lib/box/schema.ts says',
      found: 'something else',
      next: 'npm run schema, then commit it',
    })
  if (stale) await writeAtomic(file, schema)
  if (parsed.flags.json === true) console.log(JSON.stringify({ file: path, stale }))
  else console.log(stale ? `${path} written` : `${path} is up to date`)
  return 0
}
