import { dirname } from 'node:path'
import { type Command, parseCommand, splitAction } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { type Project, projectAt, shown } from './lib/_helpers/paths.ts'
import { withImage } from './lib/base/edit.ts'
import { readText, saveText } from './lib/base/save.ts'
import { findUpdate, isChange, seriesOf, type Update } from './lib/base/update.ts'
import { loadBox } from './lib/box/load.ts'
import type { Box } from './lib/box/types.ts'
import { networkOf } from './lib/fetch/network.ts'

const command: Command = {
  verb: 'base',
  summary:
    'The image that a box stands on. update looks up the newest release of the same series in the publisher’s signed list of checksums and\n' +
    'writes its address and digest into the box file, which otherwise stays as it is. show tells what is there now, and who must sign.',
  positional: { name: 'update|show BOX', help: 'what to do, and a file in boxes/ by name, or a path' },
  words: 'update|show BOX',
  options: {
    'dry-run': { type: 'boolean', help: 'update: show the change, write nothing' },
    'allow-older': { type: 'boolean', help: 'update: go back when the newest release there is older' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run base -- update ubuntu', 'moves boxes/ubuntu.yaml to the newest image; bake it then'],
    ['npm run base -- update ubuntu --dry-run', 'exit code 0 and the change, if there is one'],
    ['npm run base -- show ubuntu', 'release, address, digest and the key that signs the lists'],
  ],
}

const actions = ['update', 'show']

const usage = (message: string, expected: string, found: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, { exitCode: 2, expected, found, next: 'npm run base -- --help' })

const changeText = ({ from, to }: Update): string =>
  [
    from.release === to.release ? `release  ${to.release}` : `release  ${from.release} → ${to.release}`,
    `image    ${to.image}`,
    from.sha256 === to.sha256 ? `sha256   ${to.sha256}` : `sha256   ${from.sha256}\n       → ${to.sha256}`,
  ].join('\n')

const update = async (box: Box, flags: Readonly<Record<string, boolean>>, project: Project): Promise<void> => {
  const json = flags.json === true
  const before = await readText(box.file)
  const found = await findUpdate(box, networkOf(box.mirrors, process.env, dirname(box.file)), project, {
    allowOlder: flags['allow-older'] === true,
    tell: (line) => console.error(line),
  })
  const changed = isChange(found)
  const written = changed && flags['dry-run'] !== true
  if (written) await saveText(box.file, before, withImage(before, found.to, shown(box.file)))
  if (json) {
    console.log(JSON.stringify({ box: box.name, file: box.file, ...found, changed, written }))
    return
  }
  console.log(changeText(found))
  if (!changed) console.log(`${shown(box.file)} names the newest release with its signed digest: nothing to change`)
  else if (written) console.log(`written to ${shown(box.file)}; next: npm run bake -- ${box.name}`)
  else console.log(`${shown(box.file)} is not changed (--dry-run)`)
}

const show = (box: Box, json: boolean): void => {
  const { publisher, from } = seriesOf(box)
  if (json) console.log(JSON.stringify({ box: box.name, file: box.file, ...from, publisher }))
  else
    console.log(
      [
        `release  ${from.release}`,
        `image    ${from.image}`,
        `sha256   ${from.sha256}`,
        `lists    ${publisher.releases}, signed by ${publisher.fingerprint}`,
      ].join('\n'),
    )
}

/** `npm run base`: the image that a box stands on. */
export const main = async (argv: string[]): Promise<number> => {
  const { action, rest } = splitAction(argv)
  const parsed = parseCommand(rest, command, argv)
  if (parsed === undefined) return 0
  if (action === undefined || !actions.includes(action))
    throw usage(
      action === undefined ? 'base needs to know what to do' : `base has no "${action}"`,
      actions.join(' or '),
      action ?? 'nothing',
    )
  if (parsed.positional === undefined) throw usage(`base ${action} needs a box`, `base ${action} BOX`, 'no box')
  const project = projectAt(process.cwd())
  const box = await loadBox(parsed.positional, project)
  if (action === 'show') show(box, parsed.flags.json === true)
  else await update(box, parsed.flags, project)
  return 0
}
