import { dirname } from 'node:path'
import { type Command, parseCommand, splitAction } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { type Project, shown } from './lib/_helpers/paths.ts'
import { asTyped } from './lib/_helpers/typed.ts'
import { withImage } from './lib/base/edit.ts'
import { readText, saveText } from './lib/base/save.ts'
import { findUpdate, isChange, seriesOf, type Update } from './lib/base/update.ts'
import type { Box } from './lib/box/box.ts'
import { loadBox } from './lib/box/load.ts'
import { networkOf } from './lib/fetch/network.ts'

const command: Command = {
  verb: 'base',
  summary:
    'The base image of a box. update looks up the newest release of the same series in the publisher’s signed checksum list and\n' +
    'writes its address and digest into the box file, leaving the rest as it is. show prints the current image and the signing key.',
  positional: { name: 'update|show BOX', help: 'what to do, and the name of a file in boxes/, or a path' },
  words: 'update|show BOX',
  options: {
    'dry-run': { type: 'boolean', help: 'update: show the change, write nothing' },
    'allow-older': { type: 'boolean', help: 'update: allow a downgrade when the newest release is older' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run base -- update ubuntu', 'moves boxes/ubuntu.yaml to the newest image; then bake it'],
    ['npm run base -- update ubuntu --dry-run', 'exit code 0 and the change, if there is one'],
    ['npm run base -- show ubuntu', 'release, address, digest and the key that signs the checksum lists'],
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
  if (!changed)
    console.log(`${shown(box.file)} already has the newest release and its signed digest: nothing to change`)
  else if (written) console.log(asTyped(`written to ${shown(box.file)}; next: npm run bake -- ${box.name}`))
  else console.log(`${shown(box.file)} is unchanged (--dry-run)`)
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

/** `npm run base`: the base image of a box. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const { action, rest } = splitAction(argv)
  const parsed = parseCommand(rest, command, argv)
  if (parsed === undefined) return 0
  if (action === undefined || !actions.includes(action))
    throw usage(
      action === undefined ? 'base needs an action' : `base has no "${action}"`,
      actions.join(' or '),
      action ?? 'nothing',
    )
  if (parsed.positional === undefined) throw usage(`base ${action} needs a box`, `base ${action} BOX`, 'no box')
  const box = await loadBox(parsed.positional, project)
  if (action === 'show') show(box, parsed.flags.json === true)
  else await update(box, parsed.flags, project)
  return 0
}
