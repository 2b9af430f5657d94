// The host, its tags and the Agent's version.

import type { Host } from '../../../lab/intake/payloads.ts'
import type { Expectations } from '../render/rendered-box.ts'
import { hostProblems } from './origin.ts'
import type { Origin, WireCheck } from './wire-check.ts'
import { lacking, missing } from './words.ts'

/** Exactly one host has arrived, under the Agent's name for it, with all tags and the version. */
export const hostTags = ({ agent }: Expectations, origin: Origin): WireCheck => ({
  id: 'wire.host-tags',
  title: 'The host arrives with its tags',
  expected: `only the host ${origin.host}, with the tags ${agent.tags.join(', ')}, from Agent ${agent.version}`,
  observed: ({ hosts }) => [...new Set(hosts.map(shown))].join('; ') || 'no host',
  problems: ({ hosts }) => {
    if (hosts.length === 0) return ['no host payload has arrived']
    const problems = hosts.flatMap(({ name, tags, agentVersion }) => [
      ...hostProblems('a host payload', name, origin),
      ...lacking(`tags of ${name}`, missing(agent.tags, tags)),
      ...(agentVersion === agent.version ? [] : [`the Agent of ${name} reports version ${agentVersion}`]),
    ])
    return [...new Set(problems)]
  },
})

const shown = ({ name, tags }: Host): string => `${name}: ${tags.join(', ')}`
