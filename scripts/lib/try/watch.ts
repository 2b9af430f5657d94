// Runs an attempt at every save.

import type { ChildProcess } from 'node:child_process'
import { existsSync, type FSWatcher, watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { startChild } from '../_helpers/child.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { namedVariables, verbEnvironment } from '../_helpers/environment.ts'
import type { Project } from '../_helpers/paths.ts'
import { ownFolders } from '../box/folders.ts'

/** Variables with a machine's inputs for its first start (boot/credentials.ts). */
const inputVariables = /^DD_(API_KEY|SITE|TAGS|HOSTNAME)$/

/** Milliseconds without another event: an editor's save causes several. */
const settled = 40

/** Tells a `try` process to wait for a line on stdin before it begins. */
export const waitVariable = 'BOXHOUND_TRY_WAITS'

/** Waits for the watching process's signal to start; false if that process has ended. */
export const awaitWord = (): Promise<boolean> =>
  new Promise((resolve) => {
    process.stdin.once('data', () => resolve(true)).once('end', () => resolve(false))
  })

/** Files that don't affect an attempt, which editors and Python leave beside the edited ones. */
const ignored = /(^|\/)(\.git|node_modules|__pycache__|out|\.pytest_cache)(\/|$)|~$|\.sw[a-z]$|^\.#|\.tmp$|(^|\/)4913$/

/** What a box is rendered from: its file, the folders beside it, and boxhound's own files. */
const watched = (file: string, { tool }: Project): { path: string; recursive: boolean }[] =>
  [
    { path: dirname(file), recursive: false },
    ...ownFolders(file).map((path) => ({ path, recursive: true })),
    { path: join(tool, 'provision'), recursive: true },
    { path: join(tool, 'lab', 'agent'), recursive: true },
  ].filter(({ path }) => existsSync(path))

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('close', () => resolve()))

/**
 * Runs `try` at every save, until a signal ends it. Each attempt is a separate process, so that a new save can end the
 * one in progress. The process for the next attempt is started ahead, and waits with its code loaded.
 *
 * @param argv of `try`, without `--watch`.
 * @returns only after a signal, with 128+N.
 */
export const watchBox = async (file: string, argv: readonly string[], project: Project): Promise<number> => {
  const start = (): ChildProcess =>
    startChild(process.execPath, [join(project.tool, 'scripts', '_run.mjs'), 'try', ...argv], {
      stdio: ['pipe', 'inherit', 'inherit'],
      // A boxhound verb: it gets a machine's inputs, and no other account variables.
      environment: { ...verbEnvironment(), ...namedVariables(inputVariables), [waitVariable]: '1' },
      // Ctrl-C on the terminal reaches only this process, which then ends the attempt.
      detached: true,
      dies: 'SIGTERM',
    })
  let next = start()
  let current: ChildProcess | undefined
  const watchers: FSWatcher[] = []
  const close = async (): Promise<void> => {
    for (const watcher of watchers) watcher.close()
    const children = [current, next].filter((child) => child !== undefined)
    for (const child of children) child.kill('SIGTERM')
    await Promise.all(children.map(ended))
  }
  return withCleanup(close, async () => {
    let timer: NodeJS.Timeout | undefined
    let turns = Promise.resolve()
    const turn = async (): Promise<void> => {
      if (current !== undefined) {
        current.kill('SIGTERM')
        await ended(current)
      }
      current = next
      current.stdin?.end('\n')
      next = start()
      const mine = current
      void ended(mine).then(() => {
        if (mine === current) console.log('\nwaiting for a save; Ctrl-C stops watching and keeps the container')
      })
    }
    const go = (): void => {
      turns = turns.then(turn)
    }
    for (const { path, recursive } of watched(file, project))
      watchers.push(
        watch(path, { recursive }, (_, name) => {
          if (name === null || ignored.test(name)) return
          clearTimeout(timer)
          timer = setTimeout(go, settled)
        }),
      )
    go()
    return new Promise<number>(() => {})
  })
}
