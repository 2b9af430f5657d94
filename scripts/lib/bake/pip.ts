// Environment for pip.

import { withLogin } from '../fetch/logins.ts'
import type { BakeNetwork } from './mirrors.ts'

/** One after the other, what tells pip and the libraries under it which authorities to trust: the last alone would win over pip's own. */
const bundleVariables = ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']

const without = (environment: Readonly<Record<string, string>>, names: RegExp): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.test(name)))

/**
 * pip's environment: the caller's own PIP_* and pip.conf, but for what the box file says of index, proxy and authorities. Passwords travel in
 * the environment, as they came; arguments can be read by everybody.
 *
 * @param environment cleaned of what a step has no business with.
 * @param bundle the file with all that is trusted while baking.
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
