import { startChild } from './lib/_helpers/child.ts'
import { signalExitCode } from './lib/_helpers/cleanup.ts'
import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { machineChoices } from './lib/boot/kind.ts'
import { sshArguments } from './lib/boot/ssh-command.ts'
import { type Running, runningMachines } from './lib/boot/state.ts'
import { knownHostsFile } from './lib/boot/up.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'

const command: Command = {
  verb: 'ssh',
  summary: 'Opens a shell in the machine that "npm run up" started, or runs one command there.',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    machine: {
      type: 'string',
      value: machineChoices,
      help: 'which machine, when two are up (default: auto, the one that is up)',
    },
    json: { type: 'boolean', help: 'print {host, port, user, key, hostKey} instead of opening a shell' },
  },
  examples: [
    ['npm run ssh -- lab', 'a shell as root'],
    ['npm run ssh -- lab --json', 'connection data for other programs'],
    ['npm run ssh -- lab -- datadog-agent status', 'one command; ssh exits with its exit status'],
  ],
  passThrough: true,
}

const missing = (cause: unknown): BoxhoundError =>
  new BoxhoundError('E_SSH_MISSING', 'ssh(1) cannot be started', { exitCode: 3, next: 'npm run setup', cause })

const theMachine = async (cache: string, box: string, wish: string | undefined): Promise<Running> => {
  const running = (await runningMachines(cache, box)).filter(({ kind }) => (wish ?? 'auto') === 'auto' || kind === wish)
  const [first, second] = running
  if (first === undefined) throw new BoxhoundError('E_NOT_UP', `${box} is not up`, { next: `npm run up -- ${box}` })
  if (second === undefined) return first
  throw new BoxhoundError('E_USAGE', `two machines of ${box} are up`, {
    exitCode: 2,
    expected: `one of --machine ${running.map(({ kind }) => kind).join(', --machine ')}`,
  })
}

/** `npm run ssh`: the remote command's exit status; 255 when ssh itself failed. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { name } = await loadBox(chosenBox(parsed.positional, project), project)
  const { kind, login } = await theMachine(project.cache, name, parsed.values.machine)
  if (parsed.flags.json === true) {
    console.log(JSON.stringify(login))
    return 0
  }
  const child = startChild('ssh', sshArguments(login, knownHostsFile(project.cache, name, kind), parsed.rest), {
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(missing(error)))
    child.once('close', (code, signal) => resolve(signal === null ? (code ?? 1) : signalExitCode(signal)))
  })
}
