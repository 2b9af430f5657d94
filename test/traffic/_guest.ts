import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import type { CommandOptions, CommandResult } from '../../scripts/lib/verify/command.ts'

/** The checkout, whose programs are run. */
export const checkout = projectAt(process.cwd(), {})

/** Runs the units of a load on this machine, without systemd: a program that is installed, and then run or stopped. */
export const units = (t: ExecutionContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
  const file = join(folder, 'program')
  let child: ChildProcess | undefined
  t.teardown(() => {
    child?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  const start = (stdin: string, onOutput: (text: string) => void): Promise<CommandResult> =>
    new Promise((resolve) => {
      const own = spawn('python3', ['-ISB', file])
      child = own
      let [stdout, stderr] = ['', '']
      own.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString()
        onOutput(chunk.toString())
      })
      own.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString()
      })
      own.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr, seconds: 0 }))
      own.stdin.end(stdin)
    })
  /** Undefined for a command that has nothing to do with a unit. */
  const run = async (
    command: string,
    { stdin = '', onOutput = () => {} }: CommandOptions = {},
  ): Promise<CommandResult | undefined> => {
    if (command.startsWith('install ')) writeFileSync(file, stdin)
    else if (command.startsWith('systemd-run ')) return start(stdin, onOutput)
    else if (command.startsWith('systemctl stop ')) child?.kill('SIGTERM')
    else if (!command.startsWith('rm ')) return undefined
    return { code: 0, stdout: '', stderr: '', seconds: 0 }
  }
  return run
}
