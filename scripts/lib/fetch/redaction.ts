// Redacts passwords in the output of tools.

import { type Logins, loginIn } from './logins.ts'
import type { Network } from './network.ts'

/** Shorter ones may be ordinary words in a log. */
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
 * Removes the passwords of proxies and mirrors from a tool's output (fault 21): in plain form, encoded as in an
 * address, and as in a header. It also removes any other login in an address.
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
