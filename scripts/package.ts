import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { formatBytes } from './lib/_helpers/format.ts'
import { type Project, shown } from './lib/_helpers/paths.ts'
import { progressFor } from './lib/bake/progress.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { webFolder } from './lib/package/catalog.ts'
import { type Packaged, packageBox } from './lib/package/package.ts'
import { boxName, providers } from './lib/package/providers.ts'

const command: Command = {
  verb: 'package',
  summary: 'Packages the published image of a box for Vagrant, with a catalogue for "vagrant box add".',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    provider: {
      type: 'string',
      multiple: true,
      value: providers,
      help: 'target provider; repeatable (default: libvirt)',
    },
    url: {
      type: 'string',
      value: 'URL',
      help: 'folder on a web server that will serve the boxes: writes out/BOX/web/catalog.json for it',
    },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run package', 'out/lab/lab-libvirt.box and out/lab/catalog.json'],
    ['npm run package -- ubuntu --provider libvirt --provider virtualbox', 'both'],
    ['npm run package -- lab --url https://boxes.example/lab/', 'plus a catalogue to publish beside the boxes'],
    ['vagrant box add out/lab/catalog.json', 'installs the newest version and checks its checksum'],
  ],
}

const report = ({ box, version, boxes, catalogs }: Packaged): void => {
  console.log('')
  for (const { path, bytes, sha256, changed } of boxes)
    console.log(
      `${shown(path)}${changed ? '' : ' is up to date'}  ${formatBytes(bytes)}  sha256:${sha256.slice(0, 16)}…`,
    )
  console.log(`${boxName(box)} ${version} is in ${catalogs.map((path) => shown(path)).join(', ')}`)
}

/** `npm run package`: 0 when the boxes exist. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { flags, values, lists } = parsed
  const wanted = providers.filter((provider) => (lists.provider ?? ['libvirt']).includes(provider))
  const url = values.url === undefined ? undefined : webFolder(values.url)
  const box = await loadBox(chosenBox(parsed.positional, project), project)
  const json = flags.json === true
  const packaged = await packageBox(
    box,
    {
      providers: wanted,
      url,
      progress: progressFor(json ? 'silent' : process.stdout.isTTY ? 'terminal' : 'plain'),
      note: (line) => console.error(line),
    },
    project,
  )
  if (json) console.log(JSON.stringify(packaged))
  else report(packaged)
  return 0
}
