// A machine given by the caller.

import { BoxhoundError } from '../_helpers/errors.ts'
import { isFingerprint } from '../_helpers/host-key.ts'
import { fromCaller } from '../box/caller.ts'
import { assertPrivateKey } from './key-file.ts'
import type { Target } from './results.ts'

/** The options that name the caller's machine, the same for every verb that takes them. */
export const targetOptions = {
  host: { type: 'string', value: 'HOST', help: 'this machine instead of a disposable copy of the image' },
  port: { type: 'string', value: 'PORT', help: 'its SSH port (default: 22)' },
  user: { type: 'string', value: 'USER', help: 'root, or a user who may run anything by sudo -n (default: root)' },
  key: { type: 'string', value: 'FILE', help: 'private key that lets USER in' },
  'host-key': { type: 'string', value: 'SHA256:…', help: 'fingerprint of its host key' },
} as const

const usage = (verb: string, message: string, next = `npm run ${verb} -- --help`): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, { exitCode: 2, next })

/** The caller's machine; undefined without --host. Nothing is trusted on first use (fault 41). */
export const targetFrom = (verb: string, values: Readonly<Record<string, string>>): Target | undefined => {
  const { host, key, port = '22', user = 'root', 'host-key': hostKey } = values
  const stray = ['port', 'user', 'key', 'host-key'].find((name) => values[name] !== undefined)
  if (host === undefined && stray !== undefined) throw usage(verb, `--${stray} needs --host`)
  if (host === undefined) return undefined
  if (key === undefined) throw usage(verb, '--host needs --key FILE', 'give the private key for the login')
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535)
    throw usage(verb, `--port ${port} is not a port`, 'give a number from 1 to 65535')
  if (hostKey === undefined || !isFingerprint(hostKey))
    throw usage(
      verb,
      hostKey === undefined ? '--host needs --host-key SHA256:…' : `--host-key ${hostKey} is not a fingerprint`,
      'on the machine’s own console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; a key read from the connection itself proves nothing',
    )
  const file = fromCaller(key)
  assertPrivateKey(file)
  return { host, port: Number(port), user, key: file, hostKey }
}
