// Finds options that npm swallowed because `--` was forgotten: `npm run observe apply lab --lab` runs `observe apply lab` with
// npm_config_lab=true in its environment (seen with npm 11). Settings of an .npmrc or the caller's environment arrive in the same way and must be
// told apart. Plain JavaScript, since an unchanged bake asks before any module of boxhound is loaded.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const prefix = /^npm_config_/i

/** One spelling for `dry-run`, `dry_run` and `DRY_RUN`. */
const plain = (name) => name.toLowerCase().replaceAll('_', '-')

/** Always set by npm itself, whatever was typed. */
const always = new Set([
  ...['cache', 'globalconfig', 'global-prefix', 'init-module', 'local-prefix', 'node-gyp', 'noproxy', 'npm-version'],
  ...['prefix', 'user-agent', 'userconfig', 'allow-scripts'],
])

const settings = (environment) =>
  Object.entries(environment)
    .filter(([name]) => prefix.test(name))
    .map(([name, value]) => [plain(name.replace(prefix, '')), value ?? ''])

const read = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Names set by npm's configuration files. */
const inFiles = (environment) => {
  // In any case: npm leaves the caller's NPM_CONFIG_USERCONFIG as it is.
  const all = new Map(settings(environment))
  const [user, global, local] = ['userconfig', 'globalconfig', 'local-prefix'].map((name) => all.get(name))
  const npm = environment.npm_execpath && join(dirname(dirname(environment.npm_execpath)), 'npmrc')
  return [user, global, local && join(local, '.npmrc'), npm]
    .filter((file) => file)
    .flatMap((file) => [...read(file).matchAll(/^[ \t]*([A-Za-z][\w.-]*)(?:\[\])?[ \t]*(?:=|$)/gm)])
    .map(([, name]) => plain(name))
}

/** Names that npm's own environment had at its start; known only on Linux. npm sets its process title to its command: `npm run bake`. */
const inherited = () => {
  let pid = process.ppid
  for (let step = 0; step < 8 && pid > 1; step++) {
    const status = read(`/proc/${pid}/stat`)
    const end = status.lastIndexOf(')')
    if (/^npm\b/.test(status.slice(status.indexOf('(') + 1, end)))
      return read(`/proc/${pid}/environ`)
        .split('\0')
        .map((entry) => entry.split('=', 1)[0] ?? '')
        .filter((name) => prefix.test(name))
        .map((name) => plain(name.replace(prefix, '')))
    pid = Number(status.slice(end + 2).split(' ')[1] ?? 0)
  }
  return []
}

/**
 * Options on npm's own command line, by name: `dry-run`. A bare option has the value `true`, `--no-NAME` an empty one.
 *
 * @param environment of the verb; empty unless npm started it.
 * @param before names in the environment that npm was called with.
 */
export const onNpmsLine = (environment = process.env, before = inherited) => {
  if (!/^npm\//.test(environment.npm_config_user_agent ?? '')) return new Map()
  const all = settings(environment).filter(([name]) => !always.has(name))
  if (all.length === 0) return new Map()
  const others = new Set([...inFiles(environment), ...before()])
  return new Map(all.filter(([name]) => !others.has(name)))
}

/** Whether npm has an option of that name; true if that can't be determined. */
export const isNpmsOwn = (name, environment = process.env) => {
  try {
    const { definitions } = createRequire(environment.npm_execpath)('@npmcli/config/lib/definitions')
    return Object.hasOwn(definitions, name)
  } catch {
    return true
  }
}
