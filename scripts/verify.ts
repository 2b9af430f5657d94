import { join } from 'node:path'
import { withCleanup } from './lib/_helpers/cleanup.ts'
import { type Command, type Parsed, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { machineChoice, machineOption } from './lib/boot/kind.ts'
import type { Box } from './lib/box/box.ts'
import { fromCaller } from './lib/box/caller.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { hostsOptions, isAboutHosts, refuseStray } from './lib/hosts/options.ts'
import type { Target, VerifyResults } from './lib/verify/results.ts'
import { startSuite } from './lib/verify/suite.ts'
import { targetFrom, targetOptions } from './lib/verify/target.ts'
import { isGreen } from './lib/verify/verdict.ts'

const command: Command = {
  verb: 'verify',
  summary:
    'Boots a disposable copy of the published image and verifies it over SSH; or verifies machines of yours or of Vagrant.',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    only: { type: 'string', multiple: true, value: 'ID', help: 'run only this check; repeatable' },
    out: {
      type: 'string',
      value: 'DIR',
      help: 'folder for results.json, junit.xml and report.html (default: out/BOX/verify; verify-vagrant, verify-container, verify-wire; out/hosts without BOX)',
    },
    ...targetOptions,
    user: { ...targetOptions.user, help: `${targetOptions.user.help}; without BOX, as ssh decides` },
    key: { ...targetOptions.key, help: `${targetOptions.key.help}; without BOX, also by ssh_config or ssh-agent` },
    'host-key': {
      ...targetOptions['host-key'],
      help: `${targetOptions['host-key'].help}; without BOX, known_hosts counts as well`,
    },
    ...hostsOptions,
    vagrant: { type: 'boolean', help: 'the running machine of the Vagrantfile (BOXHOUND_BASE=… as for vagrant up)' },
    wire: {
      type: 'boolean',
      help: 'points the Agent of a disposable copy at an intake on this machine and verifies what arrives',
    },
    ...machineOption('qemu'),
    json: { type: 'boolean', help: 'print results.json on stdout' },
  },
  examples: [
    ['npm run verify', 'boots and verifies the lab box'],
    ['npm run verify -- lab --machine container', 'the same checks in seconds, on this machine’s kernel'],
    ['npm run verify -- lab --only check.my_metric --only agent.tags', 'two checks only'],
    [
      'npm run verify -- ubuntu --host db1.example --key ~/.ssh/id_ed25519 --host-key SHA256:…',
      'verifies a real machine against the same box file; rotates logs once, changes nothing else',
    ],
    [
      'npm run verify -- lab --wire',
      'verifies host tags, metrics, service checks, logs and traces as the Agent sends them',
    ],
    ['npm run verify -- --host db1', 'judges any Agent, without a box file and read-only; logs in as ssh db1 does'],
    ['npm run verify -- --hosts ~/.ssh/config --match "db-*"', 'many hosts at once: one page, one result each'],
    ['vagrant up && npm run verify -- lab --vagrant', 'verifies the machine of Vagrant'],
  ],
}

// Heavy modules are loaded where they are used: starting the suite comes first.
const loadBox = async (name: string, project: Project): Promise<Box> =>
  (await import('./lib/box/load.ts')).loadBox(name, project)

const targetOf = async (name: string, { flags, values }: Parsed, project: Project): Promise<Target | undefined> => {
  const target = targetFrom('verify', values)
  if (values.machine !== undefined && (target !== undefined || flags.vagrant === true))
    throw new BoxhoundError(
      'E_USAGE',
      '--machine selects how to boot the published image; --host and --vagrant name a running machine',
      {
        exitCode: 2,
        next: 'leave one out',
      },
    )
  if (flags.vagrant !== true) return target
  if (target !== undefined)
    throw new BoxhoundError('E_USAGE', '--vagrant and --host name two machines', { exitCode: 2, next: 'leave one out' })
  const { vagrantTarget } = await import('./lib/verify/vagrant.ts')
  return vagrantTarget(project.root, (await loadBox(name, project)).name, process.env)
}

const verifyHost = async (
  name: string,
  target: Target,
  { flags, values, lists }: Parsed,
  project: Project,
): Promise<VerifyResults> => {
  const suite = await startSuite(project.tool, { guard: true })
  return withCleanup(suite.end, async () => {
    const loaded = await loadBox(name, project)
    // The machine takes a while to accept a login, so ask it first and do the rest meanwhile.
    await suite.connect(target)
    const [{ renderBox }, { reporter }, { verifyTarget }] = await Promise.all([
      import('./lib/render/render.ts'),
      import('./lib/report/reporter.ts'),
      import('./lib/verify/verify.ts'),
    ])
    const { box, expectations } = await renderBox(loaded, project)
    // Results for a Vagrant machine don't replace those for the published image.
    const own = flags.vagrant === true ? 'verify-vagrant' : 'verify'
    const folder = values.out === undefined ? join(project.out, box.name, own) : fromCaller(values.out)
    const { onNote, onResult, finish } = reporter(
      folder,
      { quiet: flags.json === true, environment: process.env },
      project,
    )
    onNote(`verifying ${target.user}@${target.host}:${target.port} against ${box.file}`)
    const results = await verifyTarget(target, expectations, {
      tool: project.tool,
      image: null,
      keyed: null,
      only: lists.only ?? [],
      onResult,
      onNote,
      suite,
      machine: flags.vagrant === true ? 'vagrant' : 'host',
    })
    await finish(results)
    return results
  })
}

const verifyByWire = async (name: string, parsed: Parsed, project: Project): Promise<VerifyResults> => {
  const { flags, values, lists } = parsed
  const other = ['host', 'vagrant', 'only'].find((flag) => flag in values || flag in flags || flag in lists)
  if (other !== undefined)
    throw new BoxhoundError(
      'E_USAGE',
      `--wire boots a machine of its own and runs all its checks: it cannot be combined with --${other}`,
      {
        exitCode: 2,
        next: 'leave one out',
      },
    )
  const { verifyPublishedWire } = await import('./lib/wire/wire-published.ts')
  return verifyPublishedWire(
    (await loadBox(name, project)).name,
    {
      quiet: flags.json === true,
      environment: process.env,
      machine: machineChoice(values.machine, 'auto'),
      ...(values.out === undefined ? {} : { out: fromCaller(values.out) }),
    },
    project,
  )
}

const verifyAnyHosts = async (parsed: Parsed, project: Project): Promise<number> => {
  const [{ verifyHosts }, { isGreen: areGreen }] = await Promise.all([
    import('./lib/hosts/verb.ts'),
    import('./lib/hosts/results.ts'),
  ])
  const results = await verifyHosts(parsed, project, process.env)
  if (parsed.flags.json === true) console.log(JSON.stringify(results))
  return areGreen(results) ? 0 : 1
}

/** `npm run verify`: 0 when no check failed, 1 when one did, or when the machine became unreachable. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  if (isAboutHosts(parsed)) return verifyAnyHosts(parsed, project)
  refuseStray(parsed)
  const name = chosenBox(parsed.positional, project)
  const { flags, values, lists } = parsed
  if (flags.wire === true) {
    const results = await verifyByWire(name, parsed, project)
    if (flags.json === true) console.log(JSON.stringify(results))
    return isGreen(results) ? 0 : 1
  }
  const target = await targetOf(name, parsed, project)
  const out = values.out === undefined ? {} : { out: fromCaller(values.out) }
  const results =
    target === undefined
      ? await (await import('./lib/report/verify-published.ts')).verifyPublished(
          (await loadBox(name, project)).name,
          {
            quiet: flags.json === true,
            environment: process.env,
            only: lists.only ?? [],
            machine: machineChoice(values.machine, 'qemu'),
            ...out,
          },
          project,
        )
      : await verifyHost(name, target, parsed, project)
  if (flags.json === true) console.log(JSON.stringify(results))
  return isGreen(results) ? 0 : 1
}
