// The parts of the caller's environment that child processes get.

/** Variables that every child gets; none is secret. */
const plain = /^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|TMPDIR)$/

/** How to reach the network; proxies and package indexes may hold passwords. */
const network =
  /^((https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY|PIP_[A-Z_]+|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|GOPROXY|BOXHOUND_APT_TIMEOUT)$/

/** Further variables that boxhound's verbs read; not a machine's inputs (`DD_API_KEY`). */
const verb =
  /^(BOXHOUND_[A-Z_]+|XDG_[A-Z_]+|NODE_(ENV|OPTIONS)|CI|NO_COLOR|FORCE_COLOR|COLUMNS|INIT_CWD|DOCKER_CONFIG|npm_config_(registry|cache|cafile))$/

type Environment = Record<string, string>

const those = (environment: NodeJS.ProcessEnv, ...patterns: readonly RegExp[]): Environment =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && patterns.some((pattern) => pattern.test(name)) ? [[name, value]] : [],
    ),
  )

/**
 * The environment of a child that needs no network: the default of `startChild`. Anything else, such as the keys of an account or a cloud,
 * would be readable from /proc by any process of the same user while the child runs.
 */
export const cleanEnvironment = (environment: NodeJS.ProcessEnv = process.env): Environment => those(environment, plain)

/** The environment of a child that downloads. */
export const networkEnvironment = (environment: NodeJS.ProcessEnv = process.env): Environment =>
  those(environment, plain, network)

/** The environment of a child that is a verb of boxhound. */
export const verbEnvironment = (environment: NodeJS.ProcessEnv = process.env): Environment =>
  those(environment, plain, network, verb)

/** The clean environment with further variables, by name. */
export const namedVariables = (names: RegExp, environment: NodeJS.ProcessEnv = process.env): Environment =>
  those(environment, names)
