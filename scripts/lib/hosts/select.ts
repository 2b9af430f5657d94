// The hosts that a run is about, from the command line.

import { BoxhoundError } from '../_helpers/errors.ts'
import { isFingerprint } from '../_helpers/host-key.ts'
import { readPlain } from '../_helpers/plain-file.ts'
import { decodeUtf8 } from '../_helpers/utf8.ts'
import { fromCaller } from '../box/caller.ts'
import { nearest } from '../box/nearest.ts'
import { parseSource } from '../box/read.ts'
import { assertPrivateKey } from '../verify/key-file.ts'
import { readInventory } from './inventory.ts'
import { matches, sshNames } from './ssh-names.ts'
import { assertHostName, isHostName, type Wish } from './wish.ts'

/** Hosts, and the ssh_config that they are from. */
export interface Selection {
  readonly wishes: readonly Wish[]
  readonly config?: string
}

const usage = (message: string, next: string, expected?: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, { exitCode: 2, next, ...(expected === undefined ? {} : { expected }) })

const portOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65535)
    throw usage(`--port ${text} is not a port`, 'give a number from 1 to 65535')
  return Number(text)
}

/** What the command line says about every host. */
const loginFrom = (values: Readonly<Record<string, string>>): Pick<Wish, 'port' | 'user' | 'key'> => {
  const port = portOf(values.port)
  const key = values.key === undefined ? undefined : fromCaller(values.key)
  if (key !== undefined) assertPrivateKey(key)
  if (values.user !== undefined && !/^[^\s\p{C}-][^\s\p{C}]*$/u.test(values.user))
    throw usage(`--user ${JSON.stringify(values.user)} is not a user name`, 'check the name')
  return {
    ...(port === undefined ? {} : { port }),
    ...(values.user === undefined ? {} : { user: values.user }),
    ...(key === undefined ? {} : { key }),
  }
}

/** The host of `--host`. */
export const oneHost = (host: string, values: Readonly<Record<string, string>>): Selection => {
  assertHostName(host)
  const hostKey = values['host-key']
  if (hostKey !== undefined && !isFingerprint(hostKey))
    throw usage(
      `--host-key ${hostKey} is not a fingerprint`,
      'ssh-keygen -lf FILE prints it',
      'SHA256: and 43 characters',
    )
  return {
    wishes: [{ name: host, host, ...loginFrom(values), ...(hostKey === undefined ? {} : { hostKey }), tags: [] }],
  }
}

const largest = 4 << 20

/** ssh_config has lines that begin with Host or Match; an inventory is a map. */
const isSshConfig = (text: string): boolean =>
  /^\s*(?:host|match)(?:\s*=|\s+)\s*[^\s:]/im.test(text) && !/^(?:hosts|groups):/m.test(text)

/**
 * The hosts of `--hosts FILE`: a YAML inventory, or ssh_config, of which every name without a pattern is taken.
 *
 * @param patterns of `--match`; a host that matches one of them is kept.
 */
export const hostsIn = (
  path: string,
  patterns: readonly string[],
  values: Readonly<Record<string, string>>,
): Selection => {
  const file = fromCaller(path)
  const text = readText(file)
  const login = loginFrom(values)
  const isConfig = isSshConfig(text)
  const all = isConfig
    ? sshNames(text)
        .filter(isHostName)
        .map((name): Wish => ({ name, host: name, tags: [] }))
    : readInventory(parseSource(text, path), file)
  const none = patterns.find((pattern) => !all.some(({ name }) => matches(name, pattern)))
  if (all.length === 0) throw usage(`${path} names no host`, 'add one: Host NAME', 'a Host without a pattern')
  if (none !== undefined) {
    const best = nearest(
      none,
      all.map(({ name }) => name),
    )
    throw usage(
      `--match ${none} matches none of ${all.length} hosts`,
      best === undefined
        ? `hosts: ${all
            .slice(0, 10)
            .map(({ name }) => name)
            .join(', ')}`
        : `did you mean "${best}"?`,
    )
  }
  const kept = all.filter(({ name }) => patterns.length === 0 || patterns.some((pattern) => matches(name, pattern)))
  for (const key of new Set(kept.flatMap(({ key: one }) => one ?? []))) assertPrivateKey(key)
  return { wishes: kept.map((wish) => ({ ...login, ...wish })), ...(isConfig ? { config: file } : {}) }
}

const readText = (file: string): string => {
  try {
    return decodeUtf8(readPlain(file, { source: file, maximum: largest, follow: true }).content, file)
  } catch (cause) {
    if (cause instanceof BoxhoundError) throw cause
    throw new BoxhoundError('E_FILE', 'cannot be read', {
      file,
      exitCode: 2,
      expected: 'an inventory or ssh_config',
      found: cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause),
      next: 'check the path after --hosts',
      cause,
    })
  }
}
