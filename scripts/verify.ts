import { join } from 'node:path'
import { withCleanup } from './lib/_helpers/cleanup.ts'
import { type Command, type Parsed, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { type Project, projectAt } from './lib/_helpers/paths.ts'
import { machineChoice, machineOption } from './lib/boot/kind.ts'
import { fromCaller } from './lib/box/caller.ts'
import type { Box } from './lib/box/types.ts'
import { startSuite } from './lib/verify/suite.ts'
import { targetFrom, targetOptions } from './lib/verify/target.ts'
import type { Target, VerifyResults } from './lib/verify/types.ts'
import { isGreen } from './lib/verify/verdict.ts'

const command: Command = {
  verb: 'verify',
  summary:
    'Boots a disposable copy of the published image and judges it over SSH; or judges a machine of yours or of Vagrant’s.',
  positional: { name: 'BOX', help: 'a file in boxes/ without its ending, or a path (default: lab)' },
  options: {
    only: { type: 'string', multiple: true, value: 'ID', help: 'run only this check; may be given more than once' },
    out: {
      type: 'string',
      value: 'DIR',
      help: 'folder of results.json, junit.xml and report.html (default: out/BOX/verify; verify-vagrant, verify-container, verify-wire)',
    },
    ...targetOptions,
    vagrant: { type: 'boolean', help: 'the running machine of the Vagrantfile (BOXHOUND_BASE=… as for vagrant up)' },
    wire: {
      type: 'boolean',
      help: 'points the Agent of a disposable copy at an intake on this machine and judges what arrives there',
    },
    ...machineOption('qemu'),
    json: { type: 'boolean', help: 'print results.json on stdout and nothing else there' },
  },
  examples: [
    ['npm run verify', 'boots and judges the lab box'],
    ['npm run verify -- lab --machine container', 'the same checks in seconds, on this machine’s kernel'],
    ['npm run verify -- lab --only check.my_metric --only agent.tags', 'two checks only'],
    [
      'npm run verify -- ubuntu --host db1.example --key ~/.ssh/id_ed25519 --host-key SHA256:…',
      'judges a real machine by the same box file; logs are rotated once, nothing else is changed',
    ],
    ['npm run verify -- lab --wire', 'host tags, metrics, service checks, logs and traces as they leave the machine'],
    ['vagrant up && npm run verify -- lab --vagrant', 'judges Vagrant’s machine'],
  ],
}

// What is heavy to load is loaded where it is used: the suite's own start comes first.
const loadBox = async (name: string, project: Project): Promise<Box> =>
  (await import('./lib/box/load.ts')).loadBox(name, project)

const targetOf = async (project: Project, name: string, { flags, values }: Parsed): Promise<Target | undefined> => {
  const target = targetFrom('verify', values)
  if (values.machine !== undefined && (target !== undefined || flags.vagrant === true))
    throw new BoxhoundError(
      'E_USAGE',
      '--machine says what boots the published image, and --host and --vagrant name a machine that runs',
      {
        exitCode: 2,
        next: 'leave one out',
      },
    )
  if (flags.vagrant !== true) return target
  if (target !== undefined)
    throw new BoxhoundError('E_USAGE', '--vagrant and --host are two machines', { exitCode: 2, next: 'leave one out' })
  const { vagrantTarget } = await import('./lib/verify/vagrant.ts')
  return vagrantTarget(project.root, (await loadBox(name, project)).name, process.env)
}

const verifyHost = async (
  project: Project,
  name: string,
  target: Target,
  { flags, values, lists }: Parsed,
): Promise<VerifyResults> => {
  const suite = await startSuite(project.root, { guard: true })
  return withCleanup(suite.end, async () => {
    const loaded = await loadBox(name, project)
    // The machine takes a while to let anybody in: it is asked before all that can be done meanwhile.
    await suite.connect(target)
    const [{ renderBox }, { reporter }, { verifyTarget }] = await Promise.all([
      import('./lib/render/render.ts'),
      import('./lib/report/reporter.ts'),
      import('./lib/verify/verify.ts'),
    ])
    const { box, expectations } = await renderBox(loaded, project)
    // What is proved of the published image is not replaced by what is proved of a machine of Vagrant's.
    const own = flags.vagrant === true ? 'verify-vagrant' : 'verify'
    const folder = values.out === undefined ? join(project.out, box.name, own) : fromCaller(values.out)
    const { onNote, onResult, finish } = reporter(project, folder, {
      quiet: flags.json === true,
      environment: process.env,
    })
    onNote(`judging ${target.user}@${target.host}:${target.port} by ${box.file}`)
    const results = await verifyTarget(target, expectations, {
      ...{ root: project.root, image: null, keyed: null, only: lists.only ?? [], onResult, onNote, suite },
      machine: flags.vagrant === true ? 'vagrant' : 'host',
    })
    await finish(results)
    return results
  })
}

const verifyByWire = async (project: Project, name: string, parsed: Parsed): Promise<VerifyResults> => {
  const { flags, values, lists } = parsed
  const other = ['host', 'vagrant', 'only'].find((flag) => flag in values || flag in flags || flag in lists)
  if (other !== undefined)
    throw new BoxhoundError(
      'E_USAGE',
      `--wire boots a machine of its own and judges all of it: --${other} does not go with it`,
      {
        exitCode: 2,
        next: 'leave one out',
      },
    )
  const { verifyPublishedWire } = await import('./lib/wire/published.ts')
  return verifyPublishedWire(project, (await loadBox(name, project)).name, {
    ...{ quiet: flags.json === true, environment: process.env, machine: machineChoice(values.machine, 'auto') },
    ...(values.out === undefined ? {} : { out: fromCaller(values.out) }),
  })
}

/** `npm run verify`: 0 when nothing is red, 1 when a check is, or when the machine could not be reached to the end. */
export const main = async (argv: string[]): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const project = projectAt(process.cwd())
  const name = parsed.positional ?? 'lab'
  const { flags, values, lists } = parsed
  if (flags.wire === true) {
    const results = await verifyByWire(project, name, parsed)
    if (flags.json === true) console.log(JSON.stringify(results))
    return isGreen(results) ? 0 : 1
  }
  const target = await targetOf(project, name, parsed)
  const out = values.out === undefined ? {} : { out: fromCaller(values.out) }
  const results =
    target === undefined
      ? await (await import('./lib/report/published.ts')).verifyPublished(
          project,
          (await loadBox(name, project)).name,
          {
            ...{ quiet: flags.json === true, environment: process.env, only: lists.only ?? [] },
            machine: machineChoice(values.machine, 'qemu'),
            ...out,
          },
        )
      : await verifyHost(project, name, target, parsed)
  if (flags.json === true) console.log(JSON.stringify(results))
  return isGreen(results) ? 0 : 1
}
