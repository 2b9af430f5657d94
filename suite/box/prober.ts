import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { CommandOptions, CommandResult } from '../../scripts/lib/verify/command.ts'
import { jsonIn } from '../../scripts/lib/verify/output-json.ts'

/** Runs a program as root in the guest. */
export type Run = (words: readonly string[], options?: CommandOptions) => Promise<CommandResult>

/** Runs probes/NAME.py as root with `input` as INPUT, and returns the JSON that it prints. */
export type Probe = (name: string, input?: unknown) => Promise<unknown>

interface Job {
  readonly name: string
  readonly source: string
  readonly input: unknown
}

interface Waiting extends Job {
  readonly settle: (outcome: Outcome) => void
  readonly fail: (error: unknown) => void
}

const outcome = z.object({ output: z.string(), error: z.string() })
type Outcome = z.infer<typeof outcome>

const read = (name: string): Promise<string> => readFile(new URL(`probes/${name}.py`, import.meta.url), 'utf8')

/** The jobs as JSON inside a Python string literal. Every JSON escape is valid in Python, too. */
const script = (runner: string, jobs: readonly Job[]): string =>
  `import json\nJOBS = json.loads(${JSON.stringify(JSON.stringify(jobs))})\n${runner}`

/** In milliseconds. Long enough to batch the probes of checks that start together. */
const gathering = 40

/**
 * Runs Python probes in the guest. Probes requested at about the same time share one interpreter, because starting one
 * is the most expensive part on an emulated processor. Each probe still runs in a process of its own.
 */
export const createProber = (run: Run): Probe => {
  let batch: Waiting[] = []

  const flush = async (): Promise<void> => {
    await sleep(gathering)
    const jobs = batch
    batch = []
    try {
      const stdin = script(
        await read('_runner'),
        jobs.map(({ name, source, input }) => ({ name, source, input })),
      )
      const name = `probes ${jobs.map((job) => job.name).join(', ')}`
      const result = await run(['python3', '-ISB', '-'], { stdin, name })
      const outcomes = z.array(outcome).parse(jsonIn(result.stdout))
      for (const [index, job] of jobs.entries()) job.settle(outcomes[index] ?? { output: '', error: result.stderr })
    } catch (error) {
      for (const job of jobs) job.fail(error)
    }
  }

  return async (name, input = null) => {
    const source = await read(name)
    const { output, error } = await new Promise<Outcome>((settle, fail) => {
      batch.push({ name, source, input, settle, fail })
      if (batch.length === 1) void flush()
    })
    const document = jsonIn(output)
    if (document !== undefined) return document
    throw new BoxhoundError('E_PROBE', `probe ${name} printed no JSON`, { found: error.trim().slice(-1000) })
  }
}
