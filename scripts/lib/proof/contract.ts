// Tests an Agent against the contract.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Expectations } from '../render/rendered-box.ts'
import type { Counts } from '../selftest/count.ts'
import type { Target } from '../verify/results.ts'
import { runAva } from './suite.ts'

/** What the contract tests are told of the machine whose Agent they judge. */
export interface ContractContext {
  readonly target: Target
  readonly expectations: Expectations
  /** True for a machine that is thrown away afterwards: it may be given a key and its Agent be stopped. */
  readonly disposable: boolean
  /** Whether the Agent has a key; null when nobody knows. */
  readonly keyed: boolean | null
}

export interface ContractOptions {
  readonly tool: string
  /** A folder for the context's file. */
  readonly folder: string
  readonly onLine: (line: string) => void
}

/** Judges one Agent, lab or real, by the lines of guide/agent-contract.md that verification relies on. */
export const judgeContract = async (
  context: ContractContext,
  { tool, folder, onLine }: ContractOptions,
): Promise<Counts> => {
  const file = join(folder, 'contract.json')
  await writeFile(file, JSON.stringify(context), { mode: 0o600 })
  return runAva({ tool, suite: 'contract', variables: { BOXHOUND_CONTEXT: file }, onLine })
}
