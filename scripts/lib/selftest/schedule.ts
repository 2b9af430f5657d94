// Schedules stages.

import type { Stage } from './stages.ts'

/** What a machine offers to all stages that run at the same time. */
export interface Limits {
  readonly processors: number
  /** MB. */
  readonly memory: number
}

/** The state of a run. Each stage is in exactly one of the three. */
export interface Situation {
  readonly waiting: readonly Stage[]
  readonly running: readonly Stage[]
  /** Ended stages by name, and whether they passed. */
  readonly ended: ReadonlyMap<string, boolean>
}

/** What to do next. */
export interface Step {
  readonly start: readonly Stage[]
  /** Stages that can no longer run, each with the failed stage that it needs. */
  readonly broken: readonly { readonly stage: Stage; readonly because: string }[]
}

/**
 * Seconds from the start of each stage to the end of the last one that depends on it. The largest starts first, since
 * the whole run can't end sooner. `stages` must list each stage after those that it needs.
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

/** Whether a stage fits beside the running ones. One that is larger than the machine still runs, but alone. */
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
 * Which stages start now, and which never will: list scheduling. Among the stages whose needs have passed, the one on the
 * longest path starts first; if it doesn't fit, a smaller one may go ahead. The result depends only on the situation.
 *
 * A need that is not part of the run counts as passed: `--only verify` judges what an earlier run baked.
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

/** A stage in the plan; seconds since the start of the run. */
export interface Planned {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Simulates the run with the declared seconds; stages in order of starting. */
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
