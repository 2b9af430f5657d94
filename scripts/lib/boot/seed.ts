// Passes the caller's values as a NoCloud seed.

import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { BoxhoundError } from '../_helpers/errors.ts'
import { $ } from '../_helpers/shell.ts'
import type { GuestInputs } from './machine-spec.ts'

/** The files of a NoCloud seed, by name. */
export interface NoCloud {
  readonly 'meta-data': string
  readonly 'user-data': string
}

/** Lines of /etc/boxhound/seed.env, which first boot reads and destroys. */
const seedLines = ({ apiKey, site, tags, hostname }: GuestInputs): string =>
  Object.entries({ DD_API_KEY: apiKey, DD_SITE: site, DD_TAGS: tags, DD_HOSTNAME: hostname })
    .flatMap(([name, text]) => (text === undefined ? [] : [`${name}=${text}\n`]))
    .join('')

/** The same user-data that guide/cloud-init.md shows, so that each verification proves it. */
const ownUserData = (inputs: GuestInputs): string => {
  const content = seedLines(inputs)
  const file = { path: '/etc/boxhound/seed.env', permissions: '0600', content }
  const config = {
    // Root can log in, as on machines without cloud-init.
    disable_root: false,
    ssh_authorized_keys: inputs.authorizedKeys,
    ...(content === '' ? {} : { write_files: [file] }),
  }
  return `#cloud-config\n${stringify(config, { lineWidth: 0 })}`
}

/**
 * What a cloud tells a new instance: an id that is new to cloud-init, a host name, and user-data.
 *
 * @param userData replaces the inputs; the SSH keys then come in the meta-data, like a cloud's key pair.
 */
export const noCloudFiles = (inputs: GuestInputs, userData?: string): NoCloud => {
  const own = {
    'instance-id': `boxhound-${randomUUID()}`,
    'local-hostname': `boxhound-${randomBytes(3).toString('hex')}`,
  }
  return userData === undefined
    ? { 'meta-data': stringify(own), 'user-data': ownUserData(inputs) }
    : { 'meta-data': stringify({ ...own, 'public-keys': inputs.authorizedKeys }), 'user-data': userData }
}

/**
 * A container's network for cloud-init: there is no DHCP server, and without an address systemd-networkd-wait-online
 * would delay first boot by two minutes. The address is reserved for documentation and exists only in the container's
 * network namespace.
 */
export const containerNetwork = stringify({
  version: 2,
  ethernets: { host0: { addresses: ['192.0.2.2/24'], dhcp4: false } },
})

/**
 * Writes the seed's disk to `folder` (created with 0700): ISO 9660 with the label that cloud-init looks for. The ISO
 * and its files are 0600, and are removed with the folder as soon as QEMU has opened the ISO.
 *
 * @returns path of the ISO.
 * @throws E_SEED; with exit code 3 if xorriso is missing.
 */
export const writeSeed = async (files: NoCloud, folder: string): Promise<string> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const iso = join(folder, 'seed.iso')
  const named = Object.entries({ ...files, 'seed.iso': '' }).map(([name, text]) => ({ path: join(folder, name), text }))
  for (const { path, text } of named) await writeFile(path, text, { mode: 0o600 })
  const [meta, user] = [join(folder, 'meta-data'), join(folder, 'user-data')]
  const made = await $({
    nothrow: true,
    quiet: true,
  })`xorriso -as mkisofs -quiet -volid CIDATA -rock -uid 0 -gid 0 -output ${iso} ${meta} ${user}`
  if (made.exitCode === 0) return iso
  const missing = made.exitCode === 127
  throw new BoxhoundError('E_SEED', 'the seed of the machine could not be made', {
    expected: 'an ISO 9660 image by xorriso',
    found: missing ? 'no xorriso' : made.stderr.trim(),
    ...(missing ? { next: 'npm run setup', exitCode: 3 } : {}),
  })
}
