// Finds the running machine of the Vagrantfile.

import { startChild } from '../_helpers/child.ts'
import { cleanEnvironment, namedVariables } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { fingerprintOf } from '../_helpers/host-key.ts'
import type { Target } from './results.ts'

interface Answer {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Variables that Vagrant, its providers and the Vagrantfile use to find a machine. */
const own = /^(BOX|VAGRANT_[A-Z_]+|LIBVIRT_[A-Z_]+|VBOX_[A-Z_]+|XDG_[A-Z_]+|BOXHOUND_(BASE|CACHE|OUT))$/

/** Runs Vagrant in the Vagrantfile's folder, without the caller's keys, which a query doesn't need. */
const ask = (root: string, words: readonly string[], environment: NodeJS.ProcessEnv): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const child = startChild('vagrant', ['--no-color', ...words], {
      cwd: root,
      environment: { ...cleanEnvironment(environment), ...namedVariables(own, environment) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new BoxhoundError('E_NO_VAGRANT', 'Vagrant cannot be started', {
          found: cause.code ?? cause.message,
          next: 'npm run setup -- --vagrant',
          exitCode: 3,
        }),
      ),
    )
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })

/** Parses `Keyword value` lines of ssh_config(5); values are returned without quotes. */
export const parseSshConfig = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^\s+(\w+)\s+(.+?)\s*$/gm)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      value.replace(/^"(.*)"$/, '$1'),
    ]),
  )

const preferred = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa']

/**
 * The fingerprint of the key that our SSH client will be presented: of several, the first type that the client prefers.
 */
export const fingerprintIn = (publicKeys: string): string | undefined => {
  const keys = publicKeys.split('\n').map((line) => line.trim().split(/\s+/))
  const key = preferred.map((kind) => keys.find(([found]) => found === kind)).find((found) => found !== undefined)
  return key?.[1] === undefined ? undefined : fingerprintOf(Buffer.from(key[1], 'base64'))
}

/** The machine's name in the Vagrantfile. */
export const machineName = (box: string, environment: NodeJS.ProcessEnv): string =>
  environment.BOXHOUND_BASE === undefined ? box : `${box}-stock`

/**
 * The running machine of the project's Vagrantfile: address, user and key from Vagrant, and its host key, read over
 * Vagrant's own connection. Vagrant doesn't check host keys. But since the first `up` only the key that it installed on
 * this machine can log in, and from here on the host key must be the one seen.
 *
 * @throws BoxhoundError E_NO_VAGRANT (exit code 3), E_VAGRANT if no such machine is running.
 */
export const vagrantTarget = async (root: string, box: string, environment: NodeJS.ProcessEnv): Promise<Target> => {
  const name = machineName(box, environment)
  const env = { ...environment, BOX: box }
  const up = `${environment.BOXHOUND_BASE === undefined ? '' : `BOXHOUND_BASE=${environment.BOXHOUND_BASE} `}${box === 'lab' ? '' : `BOX=${box} `}vagrant up`
  const config = await ask(root, ['ssh-config', name], env)
  const words = parseSshConfig(config.stdout)
  const [host, port, user, key] = ['hostname', 'port', 'user', 'identityfile'].map((keyword) => words.get(keyword))
  if (config.code !== 0 || host === undefined || user === undefined || key === undefined)
    throw new BoxhoundError('E_VAGRANT', `Vagrant has no running machine "${name}"`, {
      expected: 'a machine that vagrant ssh can log in to',
      found: config.stderr.trim() || `vagrant ssh-config ended with status ${config.code ?? 'none'}`,
      next: up,
    })
  const shown = await ask(root, ['ssh', name, '--no-tty', '-c', 'cat /etc/ssh/ssh_host_*_key.pub'], env)
  const hostKey = fingerprintIn(shown.stdout)
  if (hostKey === undefined)
    throw new BoxhoundError('E_VAGRANT', `cannot read the host keys of the machine "${name}"`, {
      expected: 'public keys in /etc/ssh',
      found: shown.stderr.trim() || shown.stdout.trim() || `status ${shown.code ?? 'none'}`,
      next: `vagrant reload, or: vagrant destroy && ${up}`,
    })
  return { host, port: Number(port ?? 22), user, key, hostKey }
}
