import { main as bake } from './bake.ts'
import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { boxHelp } from './lib/box/chosen.ts'
import { makeReady } from './setup.ts'

const command: Command = {
  verb: 'start',
  summary: 'Installs what this machine lacks, bakes the lab box, boots the published image and verifies it over SSH.',
  positional: { name: 'BOX', help: boxHelp },
  options: { json: { type: 'boolean', help: 'one JSON document on stdout: the manifest' } },
  examples: [
    ['npm ci && npm start', 'from a fresh clone to a verified golden image'],
    ['npm start -- lab --json | jq .image', 'for scripts'],
  ],
}

/** `npm start`: setup, then bake, which verifies. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const json = parsed.flags.json === true
  await makeReady(json ? console.error : console.log, true)
  return bake([...parsed.positionals, ...(json ? ['--json'] : [])], project)
}
