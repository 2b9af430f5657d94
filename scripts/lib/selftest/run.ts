// Runs one stage of npm test as a process.

import type { ChildProcess } from 'node:child_process'
import { createWriteStream, readFileSync } from 'node:fs'
import { startChild } from '../_helpers/child.ts'
import { formatSeconds } from '../_helpers/format.ts'
import { type Counts, readCounts } from './count.ts'
import { excerpt } from './excerpt.ts'
import type { Stage } from './stages.ts'

export interface StageResult extends Counts {
  readonly name: string
  /** From start to end. */
  readonly seconds: number
  /** Processor time of the stage's process and the children it waited for; undefined if /proc doesn't have it. */
  readonly computed: number | undefined
}

/** A running stage. */
export interface RunningStage {
  readonly result: Promise<StageResult>
  /** Ends it and everything it started: SIGTERM first, SIGKILL after a grace period. Resolves when it is gone. */
  readonly end: () => Promise<void>
}

/** Seconds from SIGTERM to SIGKILL, enough for a verb to take a machine down. */
const grace = 20

const summary = ({ passed, failed, skipped }: Counts): string =>
  [`${passed} passed`, failed === 0 ? '' : `${failed} failed`, skipped === 0 ? '' : `${skipped} skipped`]
    .filter((part) => part !== '')
    .join(', ')

/** Seconds of processor time of this process's ended children; a child is counted when it is waited for. */
const childSeconds = (): number | undefined => {
  try {
    // The name, in parentheses, may contain spaces; cutime and cstime are fields 16 and 17, in ticks of 10 ms.
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[13]) + Number(fields[14])) / 100
  } catch {
    return undefined
  }
}

let counted = childSeconds()

/** Processor time of the child that has just ended: what was added since the previous one. */
const secondsOfLast = (): number | undefined => {
  const now = childSeconds()
  const added = now === undefined || counted === undefined ? undefined : now - counted
  counted = now
  return added
}

const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // The group is gone.
  }
}

/** The text for an ended stage: one line, plus an excerpt if it failed; a single write, so that no other stage's line gets in between. */
const report = (stage: Stage, result: StageResult, output: string, ending: string): string => {
  const mark = result.failed === 0 ? '✓' : '✗'
  const line = `${mark} ${stage.name.padEnd(12)} ${summary(result)}  ${formatSeconds(result.seconds)}\n`
  if (result.failed === 0) return line
  return `${[line.trimEnd(), ...excerpt(stage.reading, output).map((text) => `  | ${text}`), `  ${ending}`].join('\n')}\n`
}

/**
 * Starts one stage, with its full output in a log, and prints a line at its start and its end.
 *
 * @param log path of its output.
 * @param environment of the stage, with its own store and output folder.
 */
export const startStage = (stage: Stage, log: string, environment: Readonly<Record<string, string>>): RunningStage => {
  const begin = performance.now()
  process.stdout.write(`▸ ${stage.name.padEnd(12)} ${stage.title} …\n`)
  const [program, ...words] = stage.command
  // A process group of its own, so that everything the command started ends with it.
  const child = startChild(program ?? '', words, {
    environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    dies: 'SIGTERM',
  })
  const chunks: Buffer[] = []
  const file = createWriteStream(log)
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      file.write(chunk)
    })
  let computed: number | undefined
  child.once('exit', () => {
    computed = secondsOfLast()
  })
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', resolve)
    child.once('error', (error) => {
      // The program is missing; nothing else reports this.
      chunks.push(Buffer.from(`${error.message}\n`))
      resolve(null)
    })
  })
  let why = ''
  const endFor = async (reason: string): Promise<void> => {
    why = reason
    signalGroup(child, 'SIGTERM')
    const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), grace * 1000)
    await closed
    clearTimeout(kill)
  }
  const deadline = setTimeout(
    () => void endFor(`ended after its deadline of ${stage.deadline} s; `),
    stage.deadline * 1000,
  )
  const result = closed.then(async (code): Promise<StageResult> => {
    clearTimeout(deadline)
    await new Promise<void>((resolve) => file.end(resolve))
    const output = Buffer.concat(chunks).toString('utf8')
    const seconds = (performance.now() - begin) / 1000
    const all = { name: stage.name, seconds, computed, ...readCounts(stage.reading, output, code) }
    process.stdout.write(report(stage, all, output, `${why}exit status ${code ?? 'none'}, full output in ${log}`))
    return all
  })
  return { result, end: () => endFor('ended with the run; ') }
}
