import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { databaseSources } from '../../scripts/lib/proof/absent.ts'
import type { Survey } from '../../scripts/lib/proof/evidence.ts'
import { entryOf, linesIn, linesOf, type Rule } from '../../scripts/lib/proof/rule.ts'
import type { DatabaseExpectation } from '../../scripts/lib/render/rendered-box.ts'

const sources = /^\/etc\/apt\/(sources\.list|sources\.list\.d\/.+)$/
const example = /^\/usr\/share\/doc\/apt\/examples\/.+\.sources$/
/** The Agent's own repository, and the keys that sign it. */
const agentList = '/etc/apt/sources.list.d/datadog.list'
const agentKeyring = '/usr/share/keyrings/datadog-archive-keyring.gpg'

/** What is wrong with an apt list that must have one source, signed by the keys of one keyring. */
const sourceProblems = (survey: Survey, list: string, keyringPath: string, source: string): string[] => {
  const wanted = `deb [signed-by=${keyringPath}] ${source}`
  const [, type, mode = 0, user, group, size = 0] = entryOf(survey, keyringPath) ?? []
  const keyring = type === 'f' && mode === 0o644 && user === 0 && group === 0 && size > 0
  return [
    ...linesOf(survey, list).filter((line) => line !== wanted),
    ...(linesOf(survey, list).includes(wanted) ? [] : [`no "${wanted}"`]),
    ...(keyring ? [] : [`${keyringPath}: type ${type ?? 'absent'}, mode ${mode.toString(8)}, ${size} bytes`]),
  ]
}

/** For an engine from its publisher's repository. */
export const publisherRules = (database: DatabaseExpectation | null): readonly Rule[] => {
  const { source, keyring } = database ?? {}
  if (source === undefined || keyring === undefined) return []
  return [
    {
      fault: 46,
      title:
        'the database is updated from its publisher’s repository, verified with a keyring that only root can change',
      problems: (survey) => sourceProblems(survey, databaseSources, keyring, source),
    },
  ]
}

/** The only file where a kept proxy may be set. */
const keptProxy = '/etc/apt/apt.conf.d/90boxhound-proxy'

const hosts = (lines: readonly { readonly line: string }[]): string[] =>
  lines.flatMap(({ line }) => [...line.matchAll(/https?:\/\/([^/\s]+)/g)].map(([, host = '']) => host))

const emptied = (path: string): Rule => ({
  fault: 46,
  title: `${path} is empty`,
  problems: (survey) => ((entryOf(survey, path)?.[5] ?? 0) === 0 ? [] : [`${entryOf(survey, path)?.[5]} bytes`]),
})

/** Fault 46: traces of the build, inside files and folders that belong in the image. */
export const traceRules: readonly Rule[] = [
  ...['/var/log/wtmp', '/var/log/btmp', '/var/log/lastlog'].map(emptied),
  {
    fault: 46,
    title: 'every file under /var/log is empty',
    problems: ({ entries }) =>
      entries
        .filter(([path, type, , , , size]) => path.startsWith('/var/log/') && type === 'f' && size > 0)
        .map(([path]) => path),
  },
  {
    fault: 46,
    title: 'no files where only a running machine has them: /run, /proc, /sys, /dev, /tmp, /var/tmp',
    problems: ({ entries }) =>
      entries
        .filter(([path, type]) => /^\/(run|proc|sys|dev|tmp|var\/tmp)\//.test(path) && type === 'f')
        .map(([path]) => path),
  },
  {
    fault: 46,
    title: '/etc/resolv.conf names no resolver of the builder',
    problems: (survey) => linesOf(survey, '/etc/resolv.conf').filter((line) => line.startsWith('nameserver')),
  },
  {
    fault: 46,
    title: 'apt installs from the distribution’s own archive, not from the builder’s mirror',
    problems: (survey, { database, kept }) => {
      const known = new Set([...hosts(linesIn(survey, example)), ...(kept?.hosts ?? [])])
      const others = [agentList, ...(database?.source === undefined ? [] : [databaseSources])]
      const found = hosts(linesIn(survey, sources).filter(({ path }) => !others.includes(path)))
      return found.length === 0 ? ['no source'] : found.filter((host) => !known.has(host))
    },
  },
  {
    fault: 46,
    title: 'the Agent is updated from the box file’s repository, verified with a keyring that only root can change',
    problems: (survey, { agentSource }) =>
      agentSource === null
        ? // It comes as a container's image, and nothing must bring it a second time.
          linesOf(survey, agentList)
        : sourceProblems(survey, agentList, agentKeyring, agentSource),
  },
  {
    fault: 46,
    title: 'apt has no proxy, certificate or unsigned source of the builder',
    problems: (survey, { kept }) =>
      linesIn(survey, /^\/etc\/apt\//)
        .filter(({ path, line }) => !(path === keptProxy && kept?.hosts.some((host) => line.includes(`//${host}"`))))
        .filter(({ line }) => /Acquire::\S*(proxy|verify-peer|verify-host|cainfo)|trusted\s*[=:]\s*yes/i.test(line))
        .map(({ path }) => path),
  },
  {
    fault: 46,
    title: 'no shell or service uses a proxy of the builder',
    problems: (survey) =>
      linesIn(survey, /^\/etc\/(environment|profile|bash\.bashrc|wgetrc|profile\.d\/.+|systemd\/.+)$/)
        .filter(({ line }) => /\b(https?|all|ftp)_proxy\s*=/i.test(line))
        .map(({ path }) => path),
  },
  {
    fault: 46,
    title: 'every trusted certificate comes from a package of public authorities',
    problems: ({ certificates }, { kept }) => {
      const known = new Set(kept?.certificates.map((body) => sha256(body).slice(0, 16)))
      return certificates.filter((digest) => !known.has(digest))
    },
  },
]
