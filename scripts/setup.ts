import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { asTyped } from './lib/_helpers/typed.ts'
import { installPackages, lackingPackages } from './lib/setup/install.ts'
import { type SystemPackage, systemPackages, vagrantPackages } from './lib/setup/packages.ts'

const command: Command = {
  verb: 'setup',
  summary: 'Installs missing system packages (Debian, Ubuntu; as root or with sudo), and says which and why.',
  options: {
    vagrant: { type: 'boolean', help: 'also Vagrant and its libvirt provider' },
    check: { type: 'boolean', help: 'only report what is missing; exit code 3 if something is' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run setup', 'prepares this machine to bake and verify'],
    ['npm run setup -- --check', 'shows what it would install'],
    ['npm run setup -- --vagrant', 'also installs what "vagrant up" needs'],
  ],
}

/**
 * Reports which packages this machine lacks, and why they are needed; installs them unless only checking.
 *
 * @param packages to look for; default: all that baking and verifying need.
 * @returns what was missing.
 */
export const makeReady = async (
  say: (line: string) => void,
  install: boolean,
  packages: readonly SystemPackage[] = systemPackages,
): Promise<SystemPackage[]> => {
  const lacking = lackingPackages(packages)
  if (lacking.length === 0) say('setup: nothing is missing')
  else {
    say(`setup: ${lacking.length === 1 ? '1 package is' : `${lacking.length} packages are`} missing:`)
    const width = Math.max(...lacking.map(({ name }) => name.length))
    for (const { name, why } of lacking) say(`  ${name.padEnd(width)}  ${asTyped(why)}`)
  }
  if (lacking.length > 0 && install) await installPackages(lacking)
  return lacking
}

/** `npm run setup`: 0 when nothing is missing any more, 3 when something is. */
export const main = async (argv: string[]): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { flags } = parsed
  const wanted = flags.vagrant === true ? [...systemPackages, ...vagrantPackages] : systemPackages
  const lacking = await makeReady(flags.json === true ? console.error : console.log, flags.check !== true, wanted)
  const installed = lacking.length > 0 && flags.check !== true
  if (flags.json === true)
    console.log(JSON.stringify({ missing: lacking.map(({ name, why }) => ({ name, why })), installed }))
  return lacking.length === 0 || installed ? 0 : 3
}
