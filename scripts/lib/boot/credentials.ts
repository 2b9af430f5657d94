// Passes the caller's values to QEMU as files.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Credential, GuestInputs } from './machine-spec.ts'

const isApiKey = (text: string): boolean => /^[0-9a-f]{32}$/.test(text)

/**
 * What the caller's environment provides for a machine's first boot.
 *
 * A key with the wrong format is refused before it goes anywhere (fault 20), and is never quoted in the message.
 * Multi-line values are refused as well, since each line of a seed file is a value of its own.
 *
 * @throws E_API_KEY, E_INPUT with exit code 2.
 */
export const inputsFrom = (environment: NodeJS.ProcessEnv, authorizedKeys: readonly string[]): GuestInputs => {
  const apiKey = environment.DD_API_KEY
  if (apiKey && !isApiKey(apiKey)) {
    throw new BoxhoundError('E_API_KEY', 'DD_API_KEY is not a valid API key', {
      expected: '32 lower-case hexadecimal digits',
      found: `${apiKey.length} characters`,
      next: 'set the right key, or unset DD_API_KEY: a box runs without it',
      exitCode: 2,
    })
  }
  const optional = {
    apiKey,
    site: environment.DD_SITE,
    tags: environment.DD_TAGS,
    hostname: environment.DD_HOSTNAME,
  }
  for (const name of ['DD_SITE', 'DD_TAGS', 'DD_HOSTNAME'] as const) {
    if (/[\r\n]/.test(environment[name] ?? ''))
      throw new BoxhoundError('E_INPUT', `${name} contains a line break`, {
        expected: 'one line; separate tags with spaces or commas',
        exitCode: 2,
      })
  }
  return { ...Object.fromEntries(Object.entries(optional).filter(([, text]) => text)), authorizedKeys }
}

const named = ({ apiKey, site, tags, hostname, authorizedKeys }: GuestInputs): [string, string][] =>
  [
    ['boxhound.dd_api_key', apiKey],
    ['boxhound.dd_site', site],
    ['boxhound.dd_tags', tags],
    ['boxhound.dd_hostname', hostname],
    ['boxhound.ssh_authorized_keys', authorizedKeys.length > 0 ? `${authorizedKeys.join('\n')}\n` : undefined],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined)

/** Writes each input to a 0600 file in `folder`. QEMU reads the files at start-up, so they are removed right after. */
export const writeCredentials = async (inputs: GuestInputs, folder: string): Promise<Credential[]> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return Promise.all(
    named(inputs).map(async ([name, text]) => {
      const file = join(folder, name)
      await writeFile(file, text, { mode: 0o600 })
      return { name, file }
    }),
  )
}

export const removeCredentials = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
