// Redacts passwords in the output of tools.

import { type Logins, loginIn } from './logins.ts'
import type { Network } from './network.ts'

/** Shorter ones are words of any log. */
const shortest = 6

const forms = (user: string, password: string): string[] => [
  password,
  encodeURIComponent(password),
  Buffer.from(`${user}:${password}`).toString('base64'),
]

const proxyForms = (proxy: string | undefined): string[] => {
  if (proxy === undefined || !URL.canParse(proxy)) return []
  const url = new URL(proxy)
  const { user, password } = loginIn(url)
  return [url.password, ...forms(user, password)]
}

/**
 * Takes the passwords of proxies and mirrors out of what a tool printed (fault 21): as they are, as in an address, and as in a header;
 * and whatever else stands before the host of an address.
 */
export const redactorFor = (network: Network, logins: Logins): ((text: string) => string) => {
  const secrets = [
    ...proxyForms(network.proxy),
    ...proxyForms(network.httpProxy),
    ...[...logins.values()].flatMap(({ user, password }) => forms(user, password)),
  ]
  const wanted = [...new Set(secrets)].filter(({ length }) => length >= shortest).sort((a, b) => b.length - a.length)
  return (text) =>
    wanted.reduce(
      (rest, secret) => rest.replaceAll(secret, '********'),
      text.replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1********@'),
    )
}
