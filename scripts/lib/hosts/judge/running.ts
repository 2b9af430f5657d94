// Judges that an Agent is there, runs and answers.

import { textOf } from '../../_helpers/json.ts'
import type { Facts } from '../facts.ts'
import { type Finding, judged, type Subject } from '../finding.ts'

const subject: Subject = {
  id: 'agent.running',
  title: 'The Agent runs and responds',
  expected: 'an Agent 6 or 7 that runs, responds to `status`, and keeps its process',
}

const unitName = 'datadog-agent.service'

/** What is wrong with the Agent's main unit. */
const unitProblems = ({ units, agent }: Facts): string[] => {
  const unit = units?.get(unitName)
  if (units === undefined || agent.kind !== 'package') return []
  if (unit === undefined) return []
  const [state, sub] = [textOf(unit.ActiveState) || 'unknown', textOf(unit.SubState) || 'unknown']
  return state === 'active' ? [] : [`${unitName} is ${state} (${sub}), not active`]
}

const absent: Readonly<Record<string, string>> = {
  none: 'no Agent found: no package, no binary, no container of its image',
  agent5: 'Agent 5, which is not supported: upgrade it to Agent 7',
}

const unanswered = (facts: Facts): string => {
  const hint = facts.root ? '' : ' (it can only be asked as root, or by a user who may run sudo -n)'
  return `\`status --json\` failed${hint}: ${facts.statusError || textOf(facts.errors.status) || 'no output'}`
}

/** The major version in a version such as `7.63.0` or `7.83.0+lab`. */
export const majorOf = (version: string): number | undefined => {
  const major = /^v?(\d{1,3})\./.exec(version)?.[1]
  return major === undefined ? undefined : Number(major)
}

/** `agent.running`. */
export const judgeRunning = (facts: Facts): Finding => {
  const missing = absent[facts.agent.kind]
  if (missing !== undefined) return judged(subject, '', [missing])
  const { status, owner, process, agent } = facts
  const problems = unitProblems(facts)
  if (status === undefined) return judged(subject, '', [...problems, unanswered(facts)])
  const version = textOf(status.version)
  const major = majorOf(version)
  const [before, after] = process
  return judged(
    subject,
    [
      `Agent ${version} responds`,
      ...(before > 0 ? [`process ${before} of ${owner || 'an unknown user'}`] : []),
      ...(agent.kind === 'container' ? [`in ${agent.place}`] : []),
    ].join(', '),
    [
      ...problems,
      ...(major === undefined ? [`its status has no version: ${version || '(nothing)'}`] : []),
      ...(major !== undefined && (major < 6 || major > 7) ? [`Agent ${version} is neither Agent 6 nor 7`] : []),
      ...(before > 0 && after > 0 && before !== after ? [`its process changed from ${before} to ${after}`] : []),
    ],
  )
}
