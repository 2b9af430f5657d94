// What no host shows alone: names, keys and machines that several hosts share, and how they differ.

import type { CheckResult } from '../verify/results.ts'
import { list } from './finding.ts'
import type { HostFacts, HostResult } from './results.ts'

type Known = HostResult & { readonly facts: HostFacts }

/** Names of hosts by a value of theirs; hosts without a value are left out. */
const groupsOf = (hosts: readonly Known[], values: (facts: HostFacts) => readonly string[]): Map<string, string[]> => {
  const found = new Map<string, string[]>()
  for (const { name, facts } of hosts)
    for (const value of values(facts)) if (value !== '') found.set(value, [...(found.get(value) ?? []), name])
  return found
}

/** `a, b, c and 7 more`. */
const some = (names: readonly string[], most = 8): string =>
  names.length <= most ? list(names) : `${list(names.slice(0, most))} and ${names.length - most} more`

const judged = (
  id: string,
  title: string,
  expected: string,
  observed: string,
  problems: readonly string[],
): CheckResult => ({
  id,
  title,
  status: problems.length === 0 ? 'passed' : 'failed',
  seconds: 0,
  expected,
  observed: problems.length === 0 ? observed : problems.join('\n'),
})

const shared = (groups: ReadonlyMap<string, readonly string[]>): [value: string, names: readonly string[]][] =>
  [...groups].filter(([, names]) => names.length > 1)

/** `7.63.0: 298 hosts; 7.50.0: web1, web2`, the most frequent first. */
const spread = (groups: ReadonlyMap<string, readonly string[]>): string =>
  [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, 20)
    .map(([value, names]) => `${value}: ${names.length > 3 ? `${names.length} hosts` : list(names)}`)
    .join('\n')

const keyOf = (tag: string): string => tag.split(':')[0] ?? tag

/** Tag keys that some hosts have and others lack. */
const drift = (hosts: readonly Known[]): string => {
  const groups = groupsOf(hosts, ({ tags }) => [...new Set(tags.map(keyOf))])
  const lines = [...groups]
    .filter(([, names]) => names.length < hosts.length)
    .slice(0, 20)
    .map(([key, names]) => {
      const absent = hosts.map(({ name }) => name).filter((name) => !names.includes(name))
      return names.length <= absent.length ? `only ${some(names)}: ${key}` : `without ${key}: ${some(absent)}`
    })
  return lines.length === 0 ? 'every host has the same tag keys' : lines.join('\n')
}

const hostnames = (hosts: readonly Known[]): CheckResult => {
  // Host names are compared as Datadog does: without regard to case.
  const groups = groupsOf(hosts, ({ hostname }) => [hostname.toLowerCase()])
  const twins = shared(groupsOf(hosts, ({ machine }) => [machine]))
  const clones = (names: readonly string[]): string =>
    twins.some(([, others]) => names.every((name) => others.includes(name))) ? ', and have the same machine id' : ''
  return judged(
    'fleet.hostnames',
    'Every host reports under a name of its own',
    'as many host names as hosts',
    `${groups.size} host names`,
    shared(groups).map(([value, names]) => `${some(names)} report as one host, ${value}${clones(names)}`),
  )
}

const hostKeys = (hosts: readonly Known[]): CheckResult =>
  judged(
    'fleet.host-keys',
    'Every host has an SSH host key of its own',
    'as many host keys as hosts',
    `${groupsOf(hosts, ({ hostKey }) => [hostKey]).size} host keys`,
    shared(groupsOf(hosts, ({ hostKey }) => [hostKey])).map(
      ([value, names]) => `${some(names)} have the same host key ${value}: one machine, or clones of one image`,
    ),
  )

/** Judges a fleet; empty for a single host. Versions, keys and tags are shown, and not judged. */
export const judgeFleet = (hosts: readonly HostResult[]): CheckResult[] => {
  const known = hosts.filter((host): host is Known => host.facts !== null)
  if (known.length < 2) return []
  const shown = (id: string, title: string, observed: string): CheckResult =>
    judged(id, title, 'shown, not judged', observed || 'unknown', [])
  return [
    hostnames(known),
    hostKeys(known),
    shown('fleet.versions', 'Versions of the Agent', spread(groupsOf(known, ({ version }) => [version]))),
    shown('fleet.systems', 'Systems', spread(groupsOf(known, ({ system }) => [system]))),
    shown(
      'fleet.keys',
      'API keys by their last four characters',
      spread(groupsOf(known, ({ keys }) => keys.map((key) => `…${key}`))),
    ),
    shown('fleet.tags', 'Tag keys that only some hosts have', drift(known)),
  ]
}
