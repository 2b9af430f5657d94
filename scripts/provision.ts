import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { formatBytes } from './lib/_helpers/format.ts'
import { type Project, shown } from './lib/_helpers/paths.ts'
import { readRefreshed } from './lib/bake/refresh.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { planBox } from './lib/plan/plan.ts'
import { writeProvisionScript } from './lib/provision/script.ts'
import { renderBox } from './lib/render/render.ts'

const command: Command = {
  verb: 'provision',
  summary:
    'Writes out/BOX/provision.sh: one script that turns a stock machine into the box, with the same layers as a bake.\n' +
    'With --image it writes provision-image.sh, for another tool’s build machine: it starts nothing, seals the machine, and\n' +
    'leaves the first boot to each instance of the image.',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    image: {
      type: 'boolean',
      help: 'for a machine that an image is made of, by Packer, EC2 Image Builder and the like',
    },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run provision', 'out/lab/provision.sh'],
    ['BOXHOUND_BASE=debian/trixie64 vagrant up', 'also writes it, and runs it on a stock Vagrant box'],
    ['npm run provision -- ubuntu --image', 'out/ubuntu/provision-image.sh; guide/pipelines.md has recipes'],
    ['sudo bash provision.sh', 'on any booted machine of that system; a second run changes nothing'],
  ],
}

/** `npm run provision`: 0 when the script is written or up to date. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const box = await loadBox(chosenBox(parsed.positional, project), project)
  const refreshed = await readRefreshed(box.name, false, project)
  const plan = await planBox(await renderBox(box, project), { now: Date.now(), ...refreshed }, project)
  const script = await writeProvisionScript(
    plan,
    project,
    (line) => console.error(line),
    parsed.flags.image === true ? 'image' : 'instance',
  )
  if (parsed.flags.json === true) console.log(JSON.stringify(script))
  else {
    const state = script.changed ? '' : ' is up to date'
    console.log(`${shown(script.path)}${state}  ${formatBytes(script.bytes)}  ${script.layers.length} layers`)
  }
  return 0
}
