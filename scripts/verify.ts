import { join } from 'node:path'
import { type Command, type Parsed, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { type Project, projectAt } from './lib/_helpers/paths.ts'
import { loadBox } from './lib/box/load.ts'
import { renderBox } from './lib/render/render.ts'
import { reporter, verifyPublished } from './lib/report/published.ts'
import { isFingerprint } from './lib/verify/host-key.ts'
import type { Target, VerifyResults } from './lib/verify/types.ts'
import { verifyTarget } from './lib/verify/verify.ts'

const command: Command = {
  verb: 'verify',
  summary: 'Boots a disposable copy of the published image and judges it over SSH; or judges a machine of yours.',
  positional: { name: 'BOX', help: 'a file in boxes/ without its ending, or a path (default: lab)' },
  options: {
    only: { type: 'string', multiple: true, value: 'ID', help: 'run only this check; may be given more than once' },
    out: {
      type: 'string',
      value: 'DIR',
      help: 'folder of results.json, junit.xml and report.html (default: out/BOX/verify)',
    },
    host: { type: 'string', value: 'HOST', help: 'judge this machine instead of booting the image' },
    port: { type: 'string', value: 'PORT', help: 'its SSH port (default: 22)' },
    user: { type: 'string', value: 'USER', help: 'root, or a user who may run anything by sudo -n (default: root)' },
    key: { type: 'string', value: 'FILE', help: 'private key that lets USER in' },
    'host-key': { type: 'string', value: 'SHA256:…', help: 'fingerprint of its host key' },
    json: { type: 'boolean', help: 'print results.json on stdout and nothing else there' },
  },
  examples: [
    ['npm run verify', 'boots and judges the lab box'],
    ['npm run verify -- lab --only check.my_metric --only agent.tags', 'two checks only'],
    [
      'npm run verify -- ubuntu --host db1.example --key ~/.ssh/id_ed25519 --host-key SHA256:…',
      'judges a real machine by the same box file; logs are rotated once, nothing else is changed',
    ],
  ],
}

const usage = (message: string, next: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, { exitCode: 2, next })

/** The machine that the caller named; nothing is trusted on first use (fault 41). */
const targetOf = ({ values }: Parsed): Target | undefined => {
  const { host, key, port = '22', user = 'root', 'host-key': hostKey } = values
  const stray = ['port', 'user', 'key', 'host-key'].find((name) => values[name] !== undefined)
  if (host === undefined && stray !== undefined) throw usage(`--${stray} belongs to --host`, 'npm run verify -- --help')
  if (host === undefined) return undefined
  if (key === undefined) throw usage('--host needs --key FILE', 'name the private key that lets you in')
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535)
    throw usage(`--port ${port} is no port`, 'give a number from 1 to 65535')
  if (hostKey === undefined || !isFingerprint(hostKey)) {
    const next =
      'on the machine’s own console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; a key read from the connection itself proves nothing'
    throw usage(
      hostKey === undefined ? '--host needs --host-key SHA256:…' : `--host-key ${hostKey} is no fingerprint`,
      next,
    )
  }
  return { host, port: Number(port), user, key, hostKey }
}

const verifyHost = async (
  project: Project,
  name: string,
  target: Target,
  { flags, values, lists }: Parsed,
): Promise<VerifyResults> => {
  const { box, expectations } = await renderBox(await loadBox(name, project), project)
  const folder = values.out ?? join(project.out, box.name, 'verify')
  const { onNote, onResult, finish } = reporter(project, folder, {
    quiet: flags.json === true,
    environment: process.env,
  })
  onNote(`judging ${target.user}@${target.host}:${target.port} by ${box.file}`)
  const options = { root: project.root, image: null, keyed: null, only: lists.only ?? [], onResult }
  const results = await verifyTarget(target, expectations, options)
  await finish(results)
  return results
}

/** `npm run verify`: 0 when every planned check passed, 1 when one is red. */
export const main = async (argv: string[]): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const project = projectAt(process.cwd())
  const name = parsed.positional ?? 'lab'
  const target = targetOf(parsed)
  const { flags, values, lists } = parsed
  const out = values.out === undefined ? {} : { out: values.out }
  const results =
    target === undefined
      ? await verifyPublished(project, (await loadBox(name, project)).name, {
          ...{ quiet: flags.json === true, environment: process.env, only: lists.only ?? [] },
          ...out,
        })
      : await verifyHost(project, name, target, parsed)
  if (flags.json === true) console.log(JSON.stringify(results))
  return results.failed === 0 ? 0 : 1
}
