import { endRun } from './lib/_helpers/cleanup.ts'
import { BoxhoundError, errorDocument, formatError } from './lib/_helpers/errors.ts'
import { type Project, projectAt } from './lib/_helpers/paths.ts'
import { storageError } from './lib/_helpers/storage.ts'
import { guardConsole } from './lib/_helpers/terminal.ts'
import { asTyped } from './lib/_helpers/typed.ts'
import { isVerb, type Verb, verbs } from './lib/_helpers/verbs.ts'
import { nearest } from './lib/box/nearest.ts'

/** A verb's entry: arguments after the verb, its exit code. */
type Main = (argv: string[], project: Project) => Promise<number>

/** Each verb is loaded only when it is called: a bake with nothing to do must not pay for ssh2 or the report page. */
const loaders: Readonly<Record<Verb, () => Promise<{ main: Main }>>> = {
  init: () => import('./init.ts'),
  start: () => import('./start.ts'),
  setup: () => import('./setup.ts'),
  bake: () => import('./bake.ts'),
  verify: () => import('./verify.ts'),
  try: () => import('./try.ts'),
  render: () => import('./render.ts'),
  up: () => import('./up.ts'),
  ssh: () => import('./ssh.ts'),
  down: () => import('./down.ts'),
  base: () => import('./base.ts'),
  lock: () => import('./lock.ts'),
  accelerator: () => import('./accelerator.ts'),
  provision: () => import('./provision.ts'),
  package: () => import('./package.ts'),
  traffic: () => import('./traffic.ts'),
  observe: () => import('./observe.ts'),
  cache: () => import('./cache.ts'),
  controls: () => import('./controls.ts'),
  image: () => import('./image.ts'),
  contract: () => import('./contract.ts'),
  schema: () => import('./schema.ts'),
  test: () => import('./test.ts'),
  bench: () => import('./bench.ts'),
}

const usage = (): string => {
  const width = Math.max(...Object.keys(loaders).map((name) => name.length))
  const rows = Object.entries(verbs).map(([name, does]) => `  ${name.padEnd(width)}  ${does}`)
  return asTyped(['Usage: npm run VERB -- [BOX] [OPTIONS]', '', 'Verbs:', ...rows, '', 'Each takes --help.'].join('\n'))
}

/** 128+13: the reader of our output has gone, as after `| head`. */
const brokenPipe = 141

/**
 * Called by `_run.mjs` for uncaught errors: output that cannot be written, a failed event handler. Cleans up and ends the run, with 141 if the
 * reader has gone, otherwise with 1 and the reason.
 */
export const abandon = (error: unknown, stream?: 'stdout' | 'stderr'): void => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error'
  if (stream === undefined) console.error(formatError(error))
  else if (stream === 'stdout' && code !== 'EPIPE') console.error(`the output cannot be written: ${code}`)
  endRun(code === 'EPIPE' && stream !== undefined ? brokenPipe : 1, stream === undefined ? 'an error' : 'a lost output')
}

/**
 * Runs a verb and turns what it throws into text on stderr and an exit code.
 *
 * @param folders boxhound's own folder, and the user's.
 * @returns 0 done, 1 the work failed, 2 wrong usage or box file, 3 the machine lacks something.
 */
export const run = async (
  [verb = '', ...argv]: string[],
  { tool, root }: Pick<Project, 'tool' | 'root'>,
): Promise<number> => {
  guardConsole()
  if (verb === '--help' || verb === '-h' || verb === 'help') {
    console.log(usage())
    return 0
  }
  if (!isVerb(verb)) {
    const near = nearest(verb, Object.keys(verbs))
    const meant = near === undefined ? '' : ` Did you mean "${near}"?`
    console.error(verb === '' ? usage() : `No verb "${verb}".${meant}\n${usage()}`)
    return 2
  }
  const load = loaders[verb]
  // File modes don't depend on the caller's umask: not writable by others, readable by whoever serves out/. Private files set their own mode.
  process.umask(0o022)
  try {
    const { main } = await load()
    return await main(argv, projectAt(root, process.env, tool))
  } catch (thrown) {
    const error = storageError(thrown)
    if (argv.includes('--json') && error instanceof BoxhoundError)
      console.log(JSON.stringify({ error: errorDocument(error) }))
    console.error(formatError(error))
    return error instanceof BoxhoundError ? error.exitCode : 1
  }
}
