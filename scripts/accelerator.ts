import { access } from 'node:fs/promises'
import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { imagePath } from './lib/bake/manifest.ts'
import { chooseAccelerator } from './lib/boot/accelerator.ts'
import { kernelBootsUnderKvm } from './lib/boot/kernel-probe.ts'
import { chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'

const command: Command = {
  verb: 'accelerator',
  summary: 'Reports whether machines run under KVM here or on an emulated processor (tcg); used by the Vagrantfile.',
  positional: { name: 'BOX', help: 'the box whose published image is tried under KVM (default: lab, or the only one)' },
  options: { json: { type: 'boolean', help: 'one JSON document on stdout' } },
  examples: [
    ['npm run accelerator', 'kvm or tcg; tested once per boot of this machine'],
    ['BOXHOUND_ACCELERATOR=tcg vagrant up', 'overrides the choice, here and for every verb that boots'],
  ],
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** `npm run accelerator`: 0. Without a published image no kernel can be tried, so the answer is tcg. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { name } = await loadBox(chosenBox(parsed.positional, project), project)
  const image = imagePath(name, project)
  const kernelBoots = (): Promise<boolean> => kernelBootsUnderKvm(name, image)
  const accelerator = await chooseAccelerator({
    cache: project.cache,
    environment: process.env,
    ...((await exists(image)) ? { kernelBoots } : {}),
  })
  console.log(parsed.flags.json === true ? JSON.stringify({ accelerator }) : accelerator)
  return 0
}
