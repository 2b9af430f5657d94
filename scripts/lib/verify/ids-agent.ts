// Ids of checks that depend on how the box file configures the Agent.

import type { Expectations } from '../render/rendered-box.ts'

type Agent = Expectations['agent']

interface Row {
  readonly title: string
  /** Whether a box is configured so. */
  readonly planned: (agent: Agent) => boolean
}

const rows = {
  'agent.config': {
    title: 'The running Agent has the settings of the box file',
    planned: ({ config }) => config !== undefined,
  },
  'agent.secrets': {
    title: 'The Agent’s secret store has its key',
    planned: ({ secrets }) => secrets !== undefined,
  },
  'agent.groups': {
    title: 'The running Agent is in the groups of the box file',
    planned: ({ groups }) => groups !== undefined,
  },
  'agent.after': {
    title: 'The Agent starts after the units of the box file',
    planned: ({ after }) => after !== undefined,
  },
} as const satisfies Record<string, Row>

export type AgentId = keyof typeof rows

/** Those of a box, in order. */
export const agentChecks = ({ agent }: Expectations): { id: AgentId; title: string }[] =>
  (Object.entries(rows) as [AgentId, Row][])
    .filter(([, { planned }]) => planned(agent))
    .map(([id, { title }]) => ({ id, title }))
