// Explains network failures in terms of the box file.

import { loginVariable } from '../fetch/logins.ts'
import type { BakeNetwork } from './mirrors.ts'

const certificate =
  /certificate verif|certificate is NOT trusted|CERTIFICATE_VERIFY_FAILED|self.signed certificate|unable to (get local issuer|verify the first) certificate/i
const failing = /^\s*(E:|Err:|ERROR:|WARNING:)/

/** The box file's addresses, with the key of each. */
const named = ({ mirrors, apt, network }: BakeNetwork): (readonly [key: string, address: string])[] =>
  (
    [
      ['mirrors.apt', apt?.main],
      ['mirrors.apt', apt?.security],
      ['mirrors.pypi', mirrors.pypi],
      ['mirrors.agent', mirrors.agent],
      ['mirrors.database', mirrors.database],
      ['mirrors.keys', mirrors.keys],
      ['mirrors.images', mirrors.images],
      [mirrors.proxy === undefined ? 'HTTPS_PROXY or HTTP_PROXY in the environment' : 'mirrors.proxy', network.proxy],
    ] as const
  ).flatMap(([key, address]) => (address === undefined ? [] : [[key, address] as const]))

const seconds = (environment: NodeJS.ProcessEnv, key: string): string =>
  key === 'mirrors.pypi' ? (environment.PIP_DEFAULT_TIMEOUT ?? '15') : (environment.BOXHOUND_APT_TIMEOUT ?? '20')

/** Without user, password and path, as in apt's and pip's messages. */
const shown = (address: string): string => {
  const { protocol, host, pathname } = new URL(address)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}

/**
 * What to do about a network failure, in terms of the box file.
 *
 * @param output of apt or pip, without passwords.
 * @returns undefined if the network is not to blame.
 */
export const networkHint = (
  output: string,
  bake: BakeNetwork,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined => {
  const { caBundle } = bake.mirrors
  if (certificate.test(output))
    return caBundle === undefined
      ? 'set mirrors: { caBundle: FILE } in the box file to a file with the CA that signed this certificate'
      : `mirrors.caBundle in the box file, ${caBundle}, lacks the CA that signed this certificate: add it`
  if (/\b407\b.*[Pp]roxy|[Pp]roxy.*\b407\b/.test(output))
    return 'the proxy requires a login: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT in the environment'
  const lines = output.split('\n').filter((line) => failing.test(line))
  const guilty = named(bake).find(([, address]) => {
    const { hostname } = new URL(address)
    return lines.some((line) => line.includes(hostname))
  })
  if (guilty === undefined) return undefined
  const [key, address] = guilty
  return /\b401\b/.test(output)
    ? `${shown(address)} (${key}) requires a login: ${loginVariable}=USER:PASSWORD in the environment`
    : `${key} is ${shown(address)}: make sure that it answers within ${seconds(environment, key)} s and has the requested file`
}
