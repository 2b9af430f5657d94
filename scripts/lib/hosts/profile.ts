// The profile `agent`: what must hold for any Agent, whoever built its host.

import { objectAt } from '../_helpers/json.ts'
import { type ConfiguredCheck, parseConfigcheck } from './configcheck.ts'
import { type Facts, whyUnknown } from './facts.ts'
import { type Finding, judged, unjudged } from './finding.ts'
import { judgeCheck } from './judge/checks.ts'
import { judgeHostname } from './judge/hostname.ts'
import { judgeInterval } from './judge/intervals.ts'
import { judgeKey } from './judge/key.ts'
import { judgeLogs } from './judge/logs.ts'
import { runnersOf } from './judge/runners.ts'
import { judgeRunning } from './judge/running.ts'
import { judgeSecrets } from './judge/secrets.ts'
import { judgeTags } from './judge/tags.ts'
import { judgeTraces } from './judge/traces.ts'
import { judgeUnits } from './judge/units.ts'
import { judgeVersion } from './judge/version.ts'

export interface ProfileOptions {
  /** Whether the host was asked to rotate logs, run checks and send a trace. */
  readonly active: boolean
  /** Host tags that the inventory expects. */
  readonly tags: readonly string[]
}

/** More than any real host has; what a host claims beyond is not judged, and turns it red. */
const mostChecks = 150

const tooMany = (count: number): Finding[] =>
  count <= mostChecks
    ? []
    : [
        judged(
          {
            id: 'agent.checks',
            title: 'The host has no more checks than can be judged',
            expected: `at most ${mostChecks} checks`,
          },
          '',
          [`${count} checks, of which the first ${mostChecks} are judged`],
        ),
      ]

/** Every check that is configured, running, or could not be loaded. */
const allChecks = (facts: Facts): ConfiguredCheck[] => {
  const configured = parseConfigcheck(facts.configcheck ?? '')
  const part = (outer: string, inner: string): string[] => Object.keys(objectAt(objectAt(facts.status, outer), inner))
  const bare = (key: string): string => key.replace(/ \([^()]*\)$/, '')
  const names = [
    ...part('runnerStats', 'Checks'),
    ...part('checkSchedulerStats', 'LoaderErrors'),
    ...part('pyLoaderStats', 'ConfigureErrors').map(bare),
    ...part('autoConfigStats', 'ConfigErrors'),
  ]
  const known = new Set(configured.map(({ name }) => name))
  const others = [...new Set(names)].filter((name) => !known.has(name))
  return [...configured, ...others.map((name) => ({ name, intervals: [], logs: 0, errors: [] }))]
}

/** A check with nothing but log sources is no check. */
const isLogsOnly = ({ intervals, logs, errors }: ConfiguredCheck, facts: Facts, name: string): boolean =>
  intervals.length === 0 && logs > 0 && errors.length === 0 && !runnersOf(facts).has(name)

/** Judgements that need the running Agent's answer. */
const ofAgent = (facts: Facts, { active, tags }: ProfileOptions): Finding[] => {
  const all = allChecks(facts)
  const checks = all.slice(0, mostChecks)
  const runners = runnersOf(facts)
  return [
    judgeVersion(facts),
    judgeKey(facts),
    judgeTags(facts, tags),
    judgeHostname(facts),
    ...tooMany(all.length),
    ...checks
      .filter((check) => !isLogsOnly(check, facts, check.name))
      .flatMap((check) => {
        const own = runners.get(check.name) ?? []
        const interval = judgeInterval(facts, check, own)
        return [judgeCheck(facts, check, own), ...(interval === undefined ? [] : [interval])]
      }),
    ...judgeLogs(facts, checks, active),
    judgeTraces(facts, active),
  ]
}

/** The same without an answer: what is planned for any Agent, but can't be judged. */
const unanswered = (facts: Facts, options: ProfileOptions): Finding[] => {
  const reason = facts.root ? 'the Agent did not respond' : whyUnknown(facts, 'status')
  return [
    judgeVersion(facts),
    judgeKey(facts),
    judgeTags(facts, options.tags),
    judgeHostname(facts),
    judgeTraces(facts, true),
  ].map(({ id, title, expected }) => unjudged({ id, title, expected }, reason))
}

/** Two names of a host may read the same in an id: later ones are numbered, so that none hides another. */
const distinct = (findings: readonly Finding[]): Finding[] => {
  const known = new Map<string, number>()
  return findings.map((one) => {
    const count = (known.get(one.id) ?? 0) + 1
    known.set(one.id, count)
    return count === 1 ? one : { ...one, id: `${one.id}~${count}` }
  })
}

/** Everything that is judged about one host, in a fixed order. */
export const judgeHost = (facts: Facts, options: ProfileOptions): Finding[] => {
  const running = judgeRunning(facts)
  // Without root the Agent can't be asked, which says nothing about it.
  const blind =
    !facts.root && facts.status === undefined && facts.agent.kind === 'package' && running.status === 'failed'
  const unit = facts.units?.get('datadog-agent.service')
  const first =
    blind && (unit === undefined || unit.ActiveState === 'active') ? unjudged(running, running.observed) : running
  if (facts.agent.kind === 'none' || facts.agent.kind === 'agent5') return [first]
  return distinct([
    first,
    judgeUnits(facts),
    judgeSecrets(facts),
    ...(facts.status === undefined ? unanswered(facts, options) : ofAgent(facts, options)),
  ])
}
