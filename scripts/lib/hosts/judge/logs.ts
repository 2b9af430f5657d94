// Judges log sources: the Agent tails them now, and after a rotation.

import { isObject, objectAt, objectsOf, textOf, textsOf } from '../../_helpers/json.ts'
import type { ConfiguredCheck } from '../configcheck.ts'
import type { Facts } from '../facts.ts'
import { type Finding, idPart, judged, type Subject, unjudged } from '../finding.ts'
import { uptimeOf } from './runners.ts'

interface Source {
  readonly type: string
  readonly path: string
  readonly status: string
  readonly inputs: readonly string[]
  readonly messages: readonly string[]
}

const sourcesOf = (facts: Facts): Map<string, Source[]> => {
  const found = new Map<string, Source[]>()
  for (const one of objectsOf(objectAt(facts.status, 'logsStats').integrations)) {
    const sources = objectsOf(one.sources).map((source) => ({
      type: textOf(source.type),
      path: textOf(objectAt(source, 'configuration').Path),
      status: textOf(source.status),
      inputs: textsOf(source.inputs),
      messages: textsOf(source.messages),
    }))
    const name = textOf(one.name)
    found.set(name, [...(found.get(name) ?? []), ...sources])
  }
  return found
}

const isPattern = (path: string): boolean => /[*?[]/.test(path)

/** A file is opened within seconds; until then its source is pending. */
const patience = 60

const problemsOf = ({ type, path, status, inputs, messages }: Source, uptime: number): string[] => {
  const what = path || type || 'a source'
  const said = [status || 'no status', ...messages].join('; ')
  if (/^error/i.test(status)) return [`${what}: ${said}`]
  if (type !== 'file' || uptime < patience || isPattern(path)) return []
  return status === 'OK' && inputs.length > 0 ? [] : [`${what}: not tailed (${said})`]
}

/** Files of these sources that dd-agent itself could not read. */
const unreadable = (report: unknown, when: 'before' | 'after', sources: readonly Source[]): string[] => {
  const reasons = objectAt(report, when)
  const own = new Set(sources.flatMap(({ path, inputs }) => [path, ...inputs]))
  return Object.entries(reasons).flatMap(([path, reason]) =>
    own.has(path) && textOf(reason) !== ''
      ? [`${path}: dd-agent can't read it: ${textOf(reason)} (now ${textOf(objectAt(report, 'described')[path])})`]
      : [],
  )
}

const rotationOf = (facts: Facts, name: string, sources: readonly Source[], active: boolean): Finding | undefined => {
  const files = sources.filter(({ type }) => type === 'file')
  if (files.length === 0) return undefined
  const subject: Subject = {
    id: `logs.${idPart(name)}.rotation`,
    title: `The logs of ${name} stay readable after rotation`,
    expected: 'dd-agent can read the files after a forced rotation',
  }
  if (!active) return unjudged(subject, 'needs --active: a rotation changes the host')
  if (!isObject(facts.logs)) return unjudged(subject, textOf(facts.errors.logs) || 'needs root, or sudo -n')
  const rotated = new Set(textsOf(facts.logs.rotated))
  const own = files.flatMap(({ path, inputs }) => [path, ...inputs]).filter((path) => rotated.has(path))
  const problems = [
    ...unreadable(facts.logs, 'after', files),
    ...(textOf(facts.logs.rotation) === '' ? [] : [`logrotate: ${textOf(facts.logs.rotation)}`]),
  ]
  if (problems.length === 0 && own.length === 0)
    return unjudged(
      subject,
      'logrotate rotated none of its files: they are empty, or no file in /etc/logrotate.d names them',
    )
  return judged(subject, `rotated: ${[...new Set(own)].join(', ')}`, problems)
}

/** More than any real host has. */
const mostNames = 200

/** `logs.NAME` and `logs.NAME.rotation` for each name with log sources. */
export const judgeLogs = (facts: Facts, configured: readonly ConfiguredCheck[], active: boolean): Finding[] => {
  const running = objectAt(facts.status, 'logsStats').is_running === true
  const sources = sourcesOf(facts)
  const uptime = uptimeOf(facts) ?? patience
  const declared = configured.filter(({ logs }) => logs > 0)
  const names = [...new Set([...sources.keys(), ...declared.map(({ name }) => name)])].slice(0, mostNames)
  return names.flatMap((name) => {
    const subject: Subject = {
      id: `logs.${idPart(name)}`,
      title: `The Agent tails the logs of ${name}`,
      expected: 'every source is open and readable',
    }
    if (!running) return [unjudged(subject, 'log collection is off (logs_enabled), although sources are configured')]
    const own = sources.get(name) ?? []
    const expected = declared.find((one) => one.name === name)?.logs ?? 0
    if (own.length === 0 && uptime < patience) return [unjudged(subject, 'the Agent has only just started')]
    const problems = [
      ...(own.length < expected ? [`the Agent has ${own.length} of ${expected} configured sources`] : []),
      ...own.flatMap((source) => problemsOf(source, uptime)),
      ...unreadable(facts.logs, 'before', own),
    ]
    const rotation = rotationOf(facts, name, own, active)
    const observed = own.map(({ path, type, inputs }) => `${path || type}: ${inputs.length} open`).join('\n')
    return [judged(subject, observed, problems), ...(rotation === undefined ? [] : [rotation])]
  })
}
