import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { withCleanup } from '../_helpers/cleanup.ts'
import { formatSeconds } from '../_helpers/format.ts'
import { type Counts, readCounts } from './count.ts'
import type { Stage } from './stages.ts'

export interface StageResult extends Counts {
  readonly name: string
  readonly seconds: number
}

const summary = ({ passed, failed, skipped }: Counts): string =>
  [`${passed} passed`, failed === 0 ? '' : `${failed} failed`, skipped === 0 ? '' : `${skipped} skipped`]
    .filter((part) => part !== '')
    .join(', ')

/**
 * Runs one stage, its whole output in a log, and prints a line about it; the end of the output too when it failed.
 *
 * @param environment of the stage; its own store and output folder.
 */
export const runStage = async (stage: Stage, log: string, environment: NodeJS.ProcessEnv): Promise<StageResult> => {
  const begin = performance.now()
  process.stdout.write(`▸ ${stage.name.padEnd(10)} ${stage.title} …\n`)
  const [program, ...words] = stage.command
  // A group of its own, so that the deadline ends what the command started, too.
  const child = spawn(program, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const end = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal)
  }
  const chunks: Buffer[] = []
  const file = createWriteStream(log)
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      file.write(chunk)
    })
  let late = false
  const timer = setTimeout(() => {
    late = true
    end('SIGTERM')
    setTimeout(() => end('SIGKILL'), 10_000).unref()
  }, stage.deadline * 1000)
  const code = await withCleanup(
    () => end('SIGTERM'),
    () => new Promise<number | null>((resolve) => child.once('error', () => resolve(null)).once('close', resolve)),
  )
  clearTimeout(timer)
  file.end()
  const output = Buffer.concat(chunks).toString('utf8')
  const counts = readCounts(stage.reading, output, code)
  const seconds = (performance.now() - begin) / 1000
  const mark = counts.failed === 0 ? '✓' : '✗'
  console.log(`${mark} ${stage.name.padEnd(10)} ${summary(counts)}  ${formatSeconds(seconds)}`)
  if (counts.failed > 0) {
    console.log(
      output
        .trimEnd()
        .split('\n')
        .slice(-60)
        .map((line) => `  | ${line}`)
        .join('\n'),
    )
    console.log(
      `  ${late ? `ended after its deadline of ${stage.deadline} s; ` : ''}exit status ${code ?? 'none'}, whole output in ${log}`,
    )
  }
  return { name: stage.name, seconds, ...counts }
}
