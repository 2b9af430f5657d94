// Judges who can read the files with keys.

import { type Facts, whyUnknown } from '../facts.ts'
import { type Finding, judged, type Subject, unjudged } from '../finding.ts'

const subject: Subject = {
  id: 'agent.secrets',
  title: 'No file with a key is readable by every user',
  expected: 'files with keys that only the Agent and root can read',
}

/** `agent.secrets`. */
export const judgeSecrets = (facts: Facts): Finding => {
  const { secrets, agent, settings, errors } = facts
  if (secrets === undefined && agent.kind === 'container' && settings === undefined && errors.secrets === undefined)
    return unjudged(subject, `the Agent's files are in ${agent.place}`)
  if (secrets === undefined) return unjudged(subject, whyUnknown(facts, 'secrets'))
  const problems = secrets
    .filter(({ exposed }) => exposed)
    .map(({ file, setting, mode }) => `${file} (mode ${mode}) has ${setting}, and every user can read it`)
  return judged(subject, `${new Set(secrets.map(({ file }) => file)).size} files with keys, none readable by all`, [
    ...new Set(problems),
  ])
}
