import type { ExecutionContext } from 'ava'
import type { Agent } from './_agent.ts'

/** One line of guide/agent-contract.md that verification relies on, and what shows that an Agent keeps it. */
export interface Clause {
  /** The line, as short as it can be told. */
  readonly line: string
  readonly run: (t: ExecutionContext, agent: Agent) => Promise<void>
  /** Whether it speaks of the machine at hand; default yes. */
  readonly when?: (agent: Agent['context']) => boolean
}
