import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { asTyped } from './lib/_helpers/typed.ts'
import { chooseKind, machineChoice, machineOption } from './lib/boot/kind.ts'
import { up } from './lib/boot/up.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'

const command: Command = {
  verb: 'up',
  summary: 'Starts a disposable local machine from the published image; it runs until "npm run down".',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    draft: { type: 'boolean', help: 'the newest "bake --draft" instead of the published image' },
    ...machineOption('qemu'),
    json: { type: 'boolean', help: 'one JSON document on stdout: {host, port, user, key, hostKey}' },
  },
  examples: [
    ['npm run up', 'starts the lab box'],
    ['DD_API_KEY=… DD_SITE=datadoghq.eu npm run up -- lab', 'passes a key to this instance, never on a command line'],
    ['npm run bake -- lab --draft && npm run up -- lab --draft', 'tries an edited check on a machine'],
    ['npm run up -- lab --machine container', 'in 3 seconds, on this machine’s kernel and without a network'],
    ['npm run up -- lab --json | jq .port', 'for scripts'],
  ],
}

/** `npm run up`: 0 when the machine is up, even if it already was. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { name } = await loadBox(chosenBox(parsed.positional, project), project)
  const onNote = (text: string): void => console.error(text)
  const kind = await chooseKind(machineChoice(parsed.values.machine, 'qemu'), project, onNote)
  const { login, already } = await up(
    name,
    {
      kind,
      environment: process.env,
      onNote,
      draft: parsed.flags.draft === true,
    },
    project,
  )
  if (parsed.flags.json === true) {
    if (already) console.error(`${name} is already up`)
    console.log(JSON.stringify(login))
    return 0
  }
  console.log(
    `${name} ${already ? 'is already up' : 'is up'} at ${login.host}:${login.port}, host key ${login.hostKey}`,
  )
  console.log(asTyped(`  npm run ssh -- ${name}     opens a shell\n  npm run down -- ${name}    stops it`))
  return 0
}
