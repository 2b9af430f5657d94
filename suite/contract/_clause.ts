import type { ExecutionContext } from 'ava'
import type { Agent } from './_agent.ts'

/** One fact of guide/agent-contract.md that verification relies on, and the test that an Agent conforms to it. */
export interface Clause {
  /** A one-line summary of the fact. */
  readonly line: string
  readonly run: (t: ExecutionContext, agent: Agent) => Promise<void>
  /** Whether it applies to this machine; default yes. */
  readonly when?: (agent: Agent['context']) => boolean
}
