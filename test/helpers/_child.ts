import { type ChildProcess, spawn } from 'node:child_process'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'

export interface Script {
  readonly child: ChildProcess
  /** All of stdout and stderr so far. */
  readonly output: () => string
  /** Until a line with this text has come. */
  readonly says: (text: string) => Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Node's arguments that run a TypeScript file of the tests: as it was compiled together with the tests that run (test/unit.mjs), else through tsx. */
export const scriptWords = (url: URL): string[] => {
  const path = fileURLToPath(url)
  const compiled = process.env.BOXHOUND_COMPILED
  if (compiled === undefined) return ['--import=tsx', path]
  return [join(compiled, relative(root, path).replace(/\.ts$/, '.mjs'))]
}

/** Starts a TypeScript file that stands beside the test as a process of its own, by `through` if that is given, a command that runs another. */
export const startScript = (
  t: ExecutionContext,
  url: URL,
  words: readonly string[] = [],
  through: readonly string[] = [],
): Script => {
  const [program = '', ...rest] = [...through, process.execPath, ...scriptWords(url), ...words]
  const child = spawn(program, rest, { stdio: 'pipe' })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      for (const check of waiting) check()
    })
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!output.includes(text)) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      void ended.then(() => reject(new Error(`ended without "${text}": ${output}`)))
      check()
    })
  return { child, output: () => output, says, ended }
}
