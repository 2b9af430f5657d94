// Progress display.

import { type DefaultRenderer, Listr, type ListrTaskWrapper, type SimpleRenderer } from 'listr2'
import { formatBytes, formatSeconds } from '../_helpers/format.ts'

export type Outcome =
  | { readonly kind: 'cached'; readonly bytes: number }
  | { readonly kind: 'pulled'; readonly seconds: number; readonly bytes: number }
  | { readonly kind: 'built'; readonly seconds: number; readonly bytes: number }
  | { readonly kind: 'failed'; readonly seconds: number }
  | { readonly kind: 'stopped' }

/** One line per step of a bake; steps end in order. */
export interface Progress {
  readonly started: (step: string) => void
  /** What a slow step is doing, e.g. "412 of 596 MB"; may be called often. */
  readonly doing: (step: string, text: string) => void
  readonly ended: (step: string, outcome: Outcome) => void
  /** Ends the display; unfinished steps are shown as stopped. */
  readonly close: () => Promise<void>
}

/** `agent      built     4.2 s   97 MB` */
export const progressLine = (step: string, outcome: Outcome): string => {
  const seconds = 'seconds' in outcome ? formatSeconds(outcome.seconds) : ''
  const bytes = 'bytes' in outcome ? formatBytes(outcome.bytes) : ''
  return `${step.padEnd(10)} ${outcome.kind.padEnd(8)} ${seconds.padStart(9)} ${bytes.padStart(9)}`.trimEnd()
}

/** Milliseconds between two lines about the same slow step. */
const plainInterval = 5000

/** Plain lines, for CI and logs. */
export const plainProgress = (write: (line: string) => void, now = (): number => performance.now()): Progress => {
  // A log should show that a download makes progress, but not every block.
  let told = Number.NEGATIVE_INFINITY
  return {
    started: (step) => write(`  ${step.padEnd(10)} …`),
    doing: (step, text) => {
      if (now() - told < plainInterval) return
      told = now()
      write(`  ${step.padEnd(10)} ${text}`)
    },
    ended: (step, outcome) => write(`  ${progressLine(step, outcome)}`),
    close: async () => {},
  }
}

/** Nothing is shown (`--json`). */
export const silentProgress: Progress = {
  started: () => {},
  doing: () => {},
  ended: () => {},
  close: async () => {},
}

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>

/** A task list that is updated in place on a terminal. */
export const terminalProgress = (steps: readonly string[]): Progress => {
  const outcomes = new Map<string, PromiseWithResolve<Outcome>>(
    steps.map((step) => [step, promiseWithResolve<Outcome>()]),
  )
  const running = new Map<string, Task>()
  // A running step shows the seconds since it began, as a sign of life.
  const clocks = new Map<string, NodeJS.Timeout>()
  const stopClock = (step: string): void => {
    clearInterval(clocks.get(step))
    clocks.delete(step)
  }
  const startClock = (step: string): void => {
    const begin = performance.now()
    const show = (): void => {
      const task = running.get(step)
      const seconds = `${Math.floor((performance.now() - begin) / 1000)} s`
      if (task !== undefined) task.title = `${step.padEnd(10)} ${'building'.padEnd(8)} ${seconds.padStart(9)}`
    }
    show()
    clocks.set(step, setInterval(show, 1000))
  }
  const list = new Listr(
    steps.map((step) => ({
      title: step,
      task: async (_: unknown, task: Task): Promise<void> => {
        running.set(step, task)
        const outcome = await outcomes.get(step)?.promise
        if (outcome === undefined) return
        task.title = progressLine(step, outcome)
        if (outcome.kind === 'failed') throw new Error(task.title)
        if (outcome.kind === 'stopped') task.skip(task.title)
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      rendererOptions: { collapseErrors: true, showErrorMessage: false },
    },
  )
  const shown = list.run().catch(() => {})
  return {
    started: startClock,
    doing: (step, text) => {
      const task = running.get(step)
      if (task !== undefined && !clocks.has(step)) task.title = `${step.padEnd(10)} ${text}`
    },
    ended: (step, outcome) => {
      stopClock(step)
      outcomes.get(step)?.resolve(outcome)
    },
    close: async () => {
      for (const step of steps) stopClock(step)
      for (const { resolve } of outcomes.values()) resolve({ kind: 'stopped' })
      await shown
    },
  }
}

interface PromiseWithResolve<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

const promiseWithResolve = <T>(): PromiseWithResolve<T> => {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

/** The display for a terminal, for a log, or none. */
export const progressFor =
  (kind: 'terminal' | 'plain' | 'silent') =>
  (steps: readonly string[]): Progress => {
    if (kind === 'silent') return silentProgress
    return kind === 'terminal' ? terminalProgress(steps) : plainProgress((line) => console.log(line))
  }

/** One display for several boxes, with one line each: the current step and the number of finished ones. */
export interface BoxesProgress {
  /** The display to give to a box's bake. */
  readonly of: (box: string) => (steps: readonly string[]) => Progress
  readonly ended: (box: string, outcome: Outcome) => void
  readonly close: () => Promise<void>
}

/** @param rows shows the boxes; @param log writes a line for each step if there is no terminal. */
export const boxesProgress = (rows: Progress, log: ((line: string) => void) | undefined): BoxesProgress => ({
  of: (box) => (steps) => {
    let done = 0
    return {
      started: (step) => rows.doing(box, `${done} of ${steps.length} done, ${step}`),
      doing: (step, text) => rows.doing(box, `${done} of ${steps.length} done, ${step}  ${text}`),
      ended: (step, outcome) => {
        done += 1
        log?.(`  ${box.padEnd(10)} ${progressLine(step, outcome)}`)
        rows.doing(box, `${done} of ${steps.length} done`)
      },
      close: async () => {},
    }
  },
  ended: rows.ended,
  close: rows.close,
})

/** The display of several boxes for a terminal, for a log, or none. */
export const boxesProgressFor = (kind: 'terminal' | 'plain' | 'silent', boxes: readonly string[]): BoxesProgress => {
  const write = (line: string): void => console.log(line)
  if (kind === 'terminal') return boxesProgress(terminalProgress(boxes), undefined)
  // Every step has a line of its own already.
  return kind === 'plain'
    ? boxesProgress({ ...plainProgress(write), doing: () => {} }, write)
    : boxesProgress(silentProgress, undefined)
}
