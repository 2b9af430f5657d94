// Network settings as files for apt.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { type Login, loginIn } from '../fetch/logins.ts'
import { aptConf } from '../render/escapers/unquoted.ts'
import type { BakeNetwork } from './mirrors.ts'

/** Where a target finds the folder: a mount, so that nothing of it gets into the image. */
const inTarget = '/run/boxhound/network'

/** Name of the file with all trusted CA certificates, for apt and pip. */
export const bundleName = 'authorities.pem'

const quoted = (text: string): string => {
  try {
    return aptConf(text)
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new BoxhoundError('E_PROXY', 'apt cannot use this address or path', { exitCode: 2, found, cause })
  }
}

const withoutLogin = (proxy: string): string => `${new URL(proxy).protocol}//${new URL(proxy).host}/`

/**
 * `Acquire::http::Proxy` and the like. Always both, because apt uses the one for the other. The password goes into
 * auth.conf, which apt never quotes in a message.
 */
const proxyLines = ({ network }: BakeNetwork): string[] => {
  const { proxy = '', httpProxy = proxy } = network
  if (proxy === '' && httpProxy === '') return []
  const line = (scheme: string, address: string): string =>
    `Acquire::${scheme}::Proxy ${quoted(address === '' ? 'DIRECT' : withoutLogin(address))};`
  return [line('http', httpProxy), line('https', proxy)]
}

const proxyLogins = ({ network }: BakeNetwork): [string, Login][] =>
  [network.proxy, network.httpProxy].flatMap((address) => {
    const url = address === undefined || address === '' ? undefined : new URL(address)
    if (url === undefined || url.username === '') return []
    return [[`${url.protocol}//${url.host}`, loginIn(url)]]
  })

/** apt_auth.conf(5): words separated by blanks, so a value can't contain a blank. */
const authConf = (network: BakeNetwork): string =>
  [...proxyLogins(network), ...network.logins]
    .map(([origin, { user, password }]) => {
      if (/\s/.test(user + password))
        throw new BoxhoundError('E_MIRROR_AUTH', `apt cannot use a user or password with a space, for ${origin}`, {
          expected: 'a user and a password without spaces',
          next: 'use another password for that mirror or proxy',
          exitCode: 2,
        })
      return `machine ${origin} login ${user} password ${password}\n`
    })
    .join('')

/** apt's settings for this folder when it is at `folder`. */
const settings = (network: BakeNetwork, folder: string): string =>
  [
    ...proxyLines(network),
    `Acquire::https::CaInfo ${quoted(`${folder}/${bundleName}`)};`,
    // Only if needed, since an image may have logins of its own for its own sources.
    ...(authConf(network) === '' ? [] : [`Dir::Etc::netrc ${quoted(`${folder}/auth.conf`)};`]),
    '',
  ].join('\n')

/** Hosts that bypass the proxy, one per line, in the engine's format. */
const direct = ({ network }: BakeNetwork): string =>
  (network.noProxy ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => `${entry.toLowerCase().replace(/^\*?\.(?=.)/, '')}\n`)
    .join('')

/**
 * Writes apt's network settings, for the targets and for lab/'s programs on the host: `apt.conf` and `apt-host.conf`
 * (identical except for the folder's path), `auth.conf`, `authorities.pem`, `mirrors.tsv` with the archive's mirror,
 * `direct.list`. All are 0600, in a folder that is deleted with the run.
 */
export const writeNetworkFolder = async (folder: string, network: BakeNetwork): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { apt } = network
  const files: Record<string, string> = {
    'apt.conf': settings(network, inTarget),
    'apt-host.conf': settings(network, folder),
    'auth.conf': authConf(network),
    [bundleName]: `${network.authorities.join('\n')}\n`,
    'mirrors.tsv': apt === undefined ? '' : `main\t${apt.main}\nsecurity\t${apt.security}\n`,
    'direct.list': direct(network),
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 })
}
