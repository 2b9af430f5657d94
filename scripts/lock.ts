import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { type Project, shown } from './lib/_helpers/paths.ts'
import { type LockedCheck, lockChecks } from './lib/bake/lock-packages.ts'
import type { Box, Check } from './lib/box/box.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { suggest } from './lib/box/nearest.ts'
import { wishList } from './lib/render/packages.ts'

const command: Command = {
  verb: 'lock',
  summary:
    'Locks the Python packages of checks: resolves requirements.in in a check’s folder for the Agent of the box, and writes\n' +
    'requirements.txt beside it, with exact versions and the SHA-256 of every wheel. A bake installs exactly those, offline.',
  positional: {
    name: 'BOX CHECK…',
    help: `${boxHelp}; checks to lock (default: each with a requirements.in)`,
    multiple: true,
  },
  words: '[BOX] [CHECK…]',
  options: { json: { type: 'boolean', help: 'one JSON document on stdout' } },
  examples: [
    ['npm run lock -- lab', 'all checks of the lab box that have a requirements.in'],
    ['npm run lock -- lab cron_jobs', 'one check; takes the newest versions that requirements.in and the Agent allow'],
  ],
}

const usage = (message: string, expected: string, found: string, next: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, { exitCode: 2, expected, found, next })

/** The checks to lock, in the box file's order. */
const chosen = ({ name: box, checks }: Box, names: readonly string[]): Check[] => {
  const wishing = checks.filter(({ folder }) => existsSync(join(folder, wishList)))
  if (names.length === 0) return wishing
  for (const name of names) {
    const check = checks.find((one) => one.name === name)
    const known = checks.map((one) => one.name)
    if (check === undefined)
      throw usage(`the box "${box}" has no check "${name}"`, `one of ${known.join(', ')}`, name, suggest(name, known))
    if (!wishing.includes(check))
      throw usage(
        `the check "${name}" has no ${wishList}`,
        `${shown(join(check.folder, wishList))}`,
        'no such file',
        'write the packages that it imports there, one a line',
      )
  }
  return wishing.filter(({ name }) => names.includes(name))
}

const told = ({ file, changed, packages, agent }: LockedCheck): string =>
  [
    `${file} ${changed ? 'written' : 'is up to date'}`,
    ...packages.map(({ name, version }) => `  ${name} ${version}`),
    ...agent.map(({ name, version }) => `  ${name} ${version}  the Agent's own`),
  ].join('\n')

/** `npm run lock`: 0 when every list is locked or up to date. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const [name, ...names] = parsed.positionals
  const box = await loadBox(chosenBox(name, project), project)
  const checks = chosen(box, names)
  const locked = checks.length === 0 ? [] : await lockChecks(checks, box, project)
  if (parsed.flags.json === true) console.log(JSON.stringify({ box: box.name, checks: locked }))
  else if (locked.length === 0) console.log(`no check of ${box.name} has a ${wishList}: nothing to lock`)
  else console.log(locked.map(told).join('\n'))
  return 0
}
