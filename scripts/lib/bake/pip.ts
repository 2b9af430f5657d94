// Environment for pip.

import { withLogin } from '../fetch/logins.ts'
import type { BakeNetwork } from './mirrors.ts'

/** All variables from which pip and its libraries take CAs. Setting only the last would override pip's own. */
const bundleVariables = ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']

const without = (environment: Readonly<Record<string, string>>, names: RegExp): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.test(name)))

/**
 * pip's environment: the caller's own PIP_* and pip.conf, overridden by the box file's index, proxy and CAs. Passwords
 * stay in the environment, because anyone can read arguments.
 *
 * @param environment without the variables that a step must not see.
 * @param bundle the file with all CA certificates that are trusted during the bake.
 */
export const pipEnvironment = (
  environment: Readonly<Record<string, string>>,
  { mirrors, network, logins }: BakeNetwork,
  bundle: string,
): Record<string, string> => {
  const { proxy = '', httpProxy = proxy, noProxy } = network
  const direct = ['localhost', '127.0.0.1', '::1', ...(noProxy === undefined ? [] : [noProxy])].join(',')
  return {
    ...without(environment, mirrors.proxy === undefined ? /^(https?|no)_proxy$/i : /^((https?|no)_proxy|pip_proxy)$/i),
    ...(httpProxy === '' ? {} : { http_proxy: httpProxy }),
    ...(proxy === '' ? {} : { https_proxy: proxy }),
    ...(proxy === '' && httpProxy === '' ? {} : { no_proxy: direct }),
    ...(mirrors.pypi === undefined ? {} : { PIP_INDEX_URL: withLogin(mirrors.pypi, logins) }),
    ...(mirrors.caBundle === undefined ? {} : Object.fromEntries(bundleVariables.map((name) => [name, bundle]))),
  }
}
