// Schedules stages.

import type { Stage } from './stages.ts'

/** What a machine offers to all stages that run at one time. */
export interface Limits {
  readonly processors: number
  /** MB. */
  readonly memory: number
}

/** Where a run stands. A stage is in exactly one of the three. */
export interface Situation {
  readonly waiting: readonly Stage[]
  readonly running: readonly Stage[]
  /** Stages that ended, by name: whether they passed. */
  readonly ended: ReadonlyMap<string, boolean>
}

/** What to do next in a situation. */
export interface Step {
  readonly start: readonly Stage[]
  /** Stages that cannot run any more, each with the failed stage that it needs. */
  readonly broken: readonly { readonly stage: Stage; readonly because: string }[]
}

/**
 * Seconds from the start of each stage to the end of the last one that needs it: the stage with the most comes first, since the whole run cannot
 * end sooner. Stages come after those that they need, as `stages` lists them.
 */
export const criticalSeconds = (stages: readonly Stage[]): ReadonlyMap<string, number> => {
  const seconds = new Map<string, number>()
  for (const stage of [...stages].reverse()) {
    const later = stages.filter(({ needs }) => needs.includes(stage.name)).map(({ name }) => seconds.get(name) ?? 0)
    seconds.set(stage.name, stage.seconds + Math.max(0, ...later))
  }
  return seconds
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** Whether a stage can run beside those that run. One that is larger than the machine still runs: alone. */
const fits = (stage: Stage, running: readonly Stage[], limits: Limits): boolean => {
  if (running.length === 0) return true
  const all = [...running, stage].map(({ uses }) => uses)
  return (
    sum(all.map(({ processors }) => processors)) <= limits.processors &&
    sum(all.map(({ memory }) => memory)) <= limits.memory &&
    !running.some(({ uses }) => uses.alone.some((name) => stage.uses.alone.includes(name)))
  )
}

/**
 * Which stages start now, and which never will: list scheduling. Among the stages whose needs have passed, the one on the longest path starts first;
 * one that does not fit beside the running ones lets a smaller one go ahead. The same situation always gives the same step.
 *
 * A need that is not part of the run counts as passed: `--only verify` judges what an earlier run has baked.
 *
 * @param critical of `criticalSeconds`, over all stages of the run.
 */
export const nextStep = (
  { waiting, running, ended }: Situation,
  critical: ReadonlyMap<string, number>,
  limits: Limits,
): Step => {
  const passed = new Map(ended)
  const broken: { stage: Stage; because: string }[] = []
  for (const stage of waiting) {
    const because = stage.needs.find((name) => passed.get(name) === false)
    if (because === undefined) continue
    broken.push({ stage, because })
    passed.set(stage.name, false)
  }
  const unfinished = new Set([...waiting, ...running].map(({ name }) => name))
  const ready = waiting
    .filter(({ name, needs }) => passed.get(name) !== false && !needs.some((need) => unfinished.has(need)))
    .sort((a, b) => (critical.get(b.name) ?? 0) - (critical.get(a.name) ?? 0))
  const start: Stage[] = []
  for (const stage of ready) if (fits(stage, [...running, ...start], limits)) start.push(stage)
  return { start, broken }
}

/** A stage in the plan; seconds since the begin of the run. */
export interface Planned {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** The whole run by the declared seconds, in order of starting: what `nextStep` would do if each stage took as long as it did before. */
export const planRun = (stages: readonly Stage[], limits: Limits): readonly Planned[] => {
  const critical = criticalSeconds(stages)
  const planned: Planned[] = []
  const ended = new Map<string, boolean>()
  let now = 0
  for (;;) {
    const waiting = stages.filter(({ name }) => !planned.some((one) => one.name === name))
    const running = planned.filter(({ name }) => !ended.has(name))
    const runningStages = stages.filter(({ name }) => running.some((one) => one.name === name))
    const { start } = nextStep({ waiting, running: runningStages, ended }, critical, limits)
    for (const stage of start) planned.push({ name: stage.name, start: now, end: now + stage.seconds })
    const next = [...planned].filter(({ name }) => !ended.has(name)).sort((a, b) => a.end - b.end)[0]
    if (next === undefined) return planned
    now = next.end
    ended.set(next.name, true)
  }
}
