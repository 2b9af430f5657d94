// Where a host is, who logs in, and which host keys are believed.

import { existsSync, readFileSync } from 'node:fs'
import ssh2 from 'ssh2'
import { BoxhoundError } from '../_helpers/errors.ts'
import { type KnownKey, knownKeys } from './known-hosts.ts'
import { type Behind, jumpCommand, shellCommand } from './proxy.ts'
import { pathOf, type SshSettings, settingsFor } from './ssh-config.ts'
import type { Wish } from './wish.ts'

/** Everything that a login needs. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly user: string
  /** The command whose input and output are the connection; undefined for a direct one. */
  readonly proxy: readonly string[] | undefined
  /** Usable private keys, as their files have them. */
  readonly keys: readonly { readonly file: string; readonly content: Buffer }[]
  /** Socket of an ssh-agent. */
  readonly agent: string | undefined
  readonly known: readonly KnownKey[]
  /** A host key that the caller gave, which is then the only one. */
  readonly hostKey: string | undefined
  /** The caller's known_hosts files, for advice. */
  readonly knownFiles: readonly string[]
  /** The name under which known_hosts has it. */
  readonly knownAs: string
}

const first = (settings: SshSettings | undefined, name: string): string | undefined => {
  const value = settings?.get(name)?.[0]
  return value === undefined || value === '' || value === 'none' ? undefined : value
}

/** A key that can be used without a passphrase; undefined for any other file. */
const usableKey = (file: string): Endpoint['keys'][number] | undefined => {
  try {
    const content = readFileSync(file)
    const parsed = content.length > 64 * 1024 ? new Error('too large') : ssh2.utils.parseKey(content)
    return parsed instanceof Error || !parsed.isPrivateKey() ? undefined : { file, content }
  } catch {
    return undefined
  }
}

const agentSocket = (settings: SshSettings | undefined, environment: NodeJS.ProcessEnv): string | undefined => {
  const configured = settings?.get('identityagent')?.[0]
  if (configured === 'none') return undefined
  const variable = configured === undefined || configured === 'SSH_AUTH_SOCK' ? '$SSH_AUTH_SOCK' : configured
  const path = variable.startsWith('$') ? environment[variable.slice(1)] : pathOf(variable)
  return path !== undefined && path !== '' && existsSync(path) ? path : undefined
}

const noLogin = (wish: Wish, tried: readonly string[]): BoxhoundError =>
  new BoxhoundError('E_SSH_KEY', `no key to log in to ${wish.name}`, {
    exitCode: 2,
    expected: 'a private key without a passphrase, or an ssh-agent (SSH_AUTH_SOCK)',
    found: tried.length === 0 ? 'neither' : `none that can be used: ${tried.join(', ')}`,
    next: 'give --key FILE, or ssh-add the key',
  })

/** The command by which ssh_config reaches the host; undefined for a direct connection. */
const proxyOf = (settings: SshSettings | undefined, behind: Behind): readonly string[] | undefined => {
  const [jump, command] = [first(settings, 'proxyjump'), first(settings, 'proxycommand')]
  if (jump !== undefined) return jumpCommand(jump, behind)
  return command === undefined ? undefined : shellCommand(command, behind)
}

export interface EndpointOptions {
  /** ssh_config instead of the user's own. */
  readonly config?: string
  readonly environment: NodeJS.ProcessEnv
}

/**
 * Resolves a host by the caller's words first, then by ssh's configuration.
 *
 * @throws BoxhoundError E_SSH_KEY, E_SSH_PROXY or E_SSH_CONFIG (exit code 2).
 */
export const endpointOf = async (wish: Wish, options: EndpointOptions): Promise<Endpoint> => {
  const { config, environment } = options
  const settings = await settingsFor(wish.host, {
    ...(config === undefined ? {} : { file: config }),
    ...(wish.user === undefined ? {} : { user: wish.user }),
    ...(wish.port === undefined ? {} : { port: wish.port }),
  })
  const host = first(settings, 'hostname') ?? wish.host
  const port = wish.port ?? Number(first(settings, 'port') ?? 22)
  const identities = wish.key === undefined ? (settings?.get('identityfile') ?? []).map(pathOf) : [wish.key]
  const keys = identities.map(usableKey).filter((key) => key !== undefined)
  // IdentitiesOnly: the agent would offer keys that the user doesn't want to show this host.
  const only = wish.key !== undefined || (first(settings, 'identitiesonly') === 'yes' && keys.length > 0)
  const agent = only ? undefined : agentSocket(settings, environment)
  if (keys.length === 0 && agent === undefined)
    throw noLogin(
      wish,
      identities.filter((file) => existsSync(file)),
    )
  const knownFiles = ['userknownhostsfile', 'globalknownhostsfile']
    .flatMap((name) => (settings?.get(name) ?? []).join(' ').split(/\s+/))
    .filter((file) => file !== '' && file !== 'none')
    .map(pathOf)
  const knownAs = first(settings, 'hostkeyalias') ?? host
  const user = wish.user ?? first(settings, 'user') ?? 'root'
  return {
    host,
    port,
    user,
    proxy: proxyOf(settings, { name: wish.host, host, port, user, config }),
    keys,
    agent,
    hostKey: wish.hostKey,
    known: wish.hostKey === undefined ? await knownKeys(knownAs, port, knownFiles) : [],
    knownFiles,
    knownAs,
  }
}
