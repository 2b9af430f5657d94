// Runs stages in parallel, and ends them together.

import { withCleanup } from '../_helpers/cleanup.ts'
import { type RunningStage, type StageResult, startStage } from './run.ts'
import { criticalSeconds, type Limits, nextStep } from './schedule.ts'
import type { Stage } from './stages.ts'

/** A stage's result and its timing; seconds since the start of the run. */
export interface TimedResult extends StageResult {
  readonly startedAt: number
  /** From the end of its last need to its start. */
  readonly waited: number
}

export interface RunOptions {
  readonly limits: Limits
  /** Path for the output of each stage. */
  readonly log: (stage: Stage) => string
  readonly environment: Readonly<Record<string, string>>
  /** Starts a stage; tests replace it. */
  readonly start?: typeof startStage
}

const notRun = (stage: Stage, because: string, at: number): TimedResult => {
  process.stdout.write(`✗ ${stage.name.padEnd(12)} not run, because "${because}" failed\n`)
  const counts = { passed: 0, failed: 1, skipped: 0 }
  return { name: stage.name, seconds: 0, computed: undefined, startedAt: at, waited: 0, ...counts }
}

/**
 * Runs stages in parallel, as far as resources allow. A signal ends all of them and waits until they are gone.
 *
 * @returns one result for each stage, in order of starting; a stage whose need failed counts as one failure.
 */
export const runTogether = async (stages: readonly Stage[], options: RunOptions): Promise<readonly TimedResult[]> => {
  const { limits, log, environment, start = startStage } = options
  const critical = criticalSeconds(stages)
  const begin = performance.now()
  const now = (): number => (performance.now() - begin) / 1000
  const started = new Map<Stage, RunningStage>()
  const running = new Map<Stage, Promise<unknown>>()
  const results: TimedResult[] = []
  const order = new Map<string, number>()
  const endedAt = new Map<string, number>()
  let waiting = stages
  const record = (result: TimedResult): void => {
    results.push(result)
    endedAt.set(result.name, now())
  }
  const launch = (stage: Stage): void => {
    const startedAt = now()
    const ready = Math.max(0, ...stage.needs.map((name) => endedAt.get(name) ?? 0))
    order.set(stage.name, order.size)
    const run = start(stage, log(stage), environment)
    started.set(stage, run)
    running.set(
      stage,
      run.result.then((result) => {
        running.delete(stage)
        record({ ...result, startedAt, waited: startedAt - ready })
      }),
    )
  }
  const loop = async (): Promise<void> => {
    while (waiting.length > 0 || running.size > 0) {
      const ended = new Map(results.map(({ name, failed }) => [name, failed === 0]))
      const step = nextStep({ waiting, running: [...running.keys()], ended }, critical, limits)
      const settled = new Set([...step.start, ...step.broken.map(({ stage }) => stage)])
      waiting = waiting.filter((stage) => !settled.has(stage))
      for (const { stage, because } of step.broken) {
        order.set(stage.name, order.size)
        record(notRun(stage, because, now()))
      }
      for (const stage of step.start) launch(stage)
      if (running.size > 0) await Promise.race(running.values())
    }
  }
  await withCleanup(async () => {
    waiting = []
    await Promise.all([...running.keys()].map((stage) => started.get(stage)?.end()))
  }, loop)
  return results.sort((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0))
}
