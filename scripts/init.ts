import { relative } from 'node:path'
import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { fromCaller } from './lib/box/caller.ts'
import { askOn } from './lib/init/ask.ts'
import { type Started, startRepository } from './lib/init/init.ts'

const command: Command = {
  verb: 'init',
  summary:
    'Starts a repository of your own: a box file, a check with its test, package.json, .gitignore, Vagrantfile and a GitHub workflow. It asks for what the command line leaves open, and before it changes any file.',
  words: '[DIR]',
  positional: { name: 'DIR', help: 'the folder, which may be new (default: this one)' },
  options: {
    name: { type: 'string', value: 'NAME', help: 'of the box (default: from the name of the folder)' },
    system: { type: 'string', value: 'SYSTEM', help: 'lab, or a distribution such as ubuntu-24.04 (default: lab)' },
    database: { type: 'string', value: 'ENGINE', help: 'a database engine (guide/databases.md), or none' },
    app: { type: 'string', value: 'APP', help: 'the traced app (guide/apps.md), or none' },
    yes: { type: 'boolean', help: 'ask nothing: take the defaults, and keep files that exist' },
    overwrite: { type: 'boolean', help: 'replace or extend files that exist, without asking' },
    json: { type: 'boolean', help: 'one JSON document on stdout: {"folder", "box", "files": [{"path", "state"}]}' },
  },
  examples: [
    ['npm run init -- ../machines', 'asks for system, database and app'],
    ['npm run init -- ../machines --system ubuntu-24.04 --app none --yes', 'asks nothing'],
  ],
}

const marks = { written: '+', replaced: '~', extended: '~', unchanged: '=', kept: '=' } as const

const tell = ({ box, files }: Started, folder: string): void => {
  for (const { path, state } of files) console.log(`${marks[state]} ${path}${state === 'written' ? '' : `  ${state}`}`)
  const kept = files.filter(({ state }) => state === 'kept')
  if (kept.length > 0) console.log('\nkept: they exist and differ. --overwrite replaces or extends them.')
  const away = relative(fromCaller('.'), folder)
  const steps = [
    ...(away === '' ? [] : [`cd ${away}`]),
    'npm install',
    `${process.getuid?.() === 0 ? '' : 'sudo -E '}npx boxhound start`,
  ]
  console.log(`\nThe box "${box}" is ready. Next:\n${steps.map((step) => `  ${step}`).join('\n')}`)
}

/** `npm run init`: 0 when the repository is there, even if it was. */
export const main = async (argv: string[], { tool }: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { flags, values } = parsed
  const folder = fromCaller(parsed.positional ?? '.')
  const json = flags.json === true
  if (flags.yes !== true && (json || !process.stdin.isTTY))
    throw new BoxhoundError(
      'E_USAGE',
      json ? 'init cannot ask with --json' : 'init asks on a terminal, and this is none',
      {
        expected: '--yes, and what should differ from the defaults',
        found: 'no --yes',
        next: `npm run init -- ${[...argv, '--yes'].join(' ')}`,
        exitCode: 2,
      },
    )
  const ask = flags.yes === true ? undefined : askOn()
  try {
    const { name, system, database, app } = values
    const given = {
      ...(name === undefined ? {} : { name }),
      ...(system === undefined ? {} : { system }),
      ...(database === undefined ? {} : { database }),
      ...(app === undefined ? {} : { app }),
    }
    const started = await startRepository(given, folder, tool, { ask, overwrite: flags.overwrite === true })
    if (json) console.log(JSON.stringify({ folder, ...started }))
    else tell(started, folder)
    return 0
  } finally {
    ask?.end()
  }
}
