import { readFileSync } from 'node:fs'
import { type AgentStatus, statusSchema } from '../../suite/box/agent-status.ts'

/** What a real Agent (7.63) printed, shortened. */
export const sample = (name: string): string =>
  readFileSync(new URL(`../fixtures/agent/${name}`, import.meta.url), 'utf8')

/** One of its answers to `status --json`: keyless, with a refused key (`403`), or of a whole box. */
export const recorded = (name: 'keyless' | '403' | 'box-keyed'): AgentStatus =>
  statusSchema.parse(JSON.parse(sample(`status-${name}.json`)))
