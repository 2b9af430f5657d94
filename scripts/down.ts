import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { machineChoices } from './lib/boot/kind.ts'
import { machineKinds } from './lib/boot/machine.ts'
import { down } from './lib/boot/up.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'

const command: Command = {
  verb: 'down',
  summary: 'Stops the machine that "npm run up" started, and removes its disk.',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    machine: {
      type: 'string',
      value: machineChoices,
      help: 'only this kind of machine (default: auto, every one that is up)',
    },
    json: { type: 'boolean', help: 'one JSON document on stdout: {box, was: "up"|"down"}' },
  },
  examples: [
    ['npm run down -- lab', 'stops the lab box; harmless when it is not up'],
    ['npm run down -- lab --machine container', 'stops its container and leaves its QEMU running'],
  ],
}

/** `npm run down`: 0 also when nothing was up. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { name } = await loadBox(chosenBox(parsed.positional, project), project)
  const kinds = machineKinds.filter(
    (kind) => (parsed.values.machine ?? 'auto') === 'auto' || parsed.values.machine === kind,
  )
  const was = (await down(project, name, kinds)).length > 0 ? 'up' : 'down'
  console.log(
    parsed.flags.json === true
      ? JSON.stringify({ box: name, was })
      : was === 'up'
        ? `${name} is down`
        : `${name} was not up`,
  )
  return 0
}
