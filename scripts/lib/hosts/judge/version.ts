// Compares the running Agent's version with its package.

import { textOf } from '../../_helpers/json.ts'
import type { Facts, Package } from '../facts.ts'
import { type Finding, judged, type Subject, unjudged } from '../finding.ts'

const subject: Subject = {
  id: 'agent.version',
  title: 'The Agent runs the installed version',
  expected: 'the running Agent has the version of its package',
}

/** `7.63.0` in `1:7.63.0-1`. */
const upstream = (version: string): string => version.replace(/^\d+:/, '').replace(/-[^-]*$/, '')

/** Packages of which a host has at most one. */
const main = /^datadog-(?:fips-|iot-|heroku-)?agent$/

const isHeld = ({ state }: Package): boolean => /^h|^locked$/.test(state)

/** `agent.version`; whether the package is held is reported only. */
export const judgeVersion = ({ status, packages, agent }: Facts): Finding => {
  const running = textOf(status?.version)
  if (agent.kind === 'container')
    return unjudged(subject, `Agent ${running} in ${agent.place}: its image is its package`)
  const installed = packages.find(({ name }) => main.test(name))
  if (installed === undefined) return unjudged(subject, `Agent ${running}; neither dpkg nor rpm has a package of it`)
  const found = upstream(installed.version)
  // A build's own suffix stands in one of the two, but not always in both.
  const same = found === running || found.split(/[+~]/)[0] === running.split(/[+~]/)[0]
  return judged(
    subject,
    `Agent ${running}, package ${installed.name} ${installed.version}, ${isHeld(installed) ? 'held' : 'not held'}`,
    same ? [] : [`Agent ${running} runs, but ${installed.name} ${installed.version} is installed: restart the Agent`],
  )
}
