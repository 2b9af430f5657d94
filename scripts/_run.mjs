// Starts a verb: `node scripts/_run.mjs VERB …`. In a checkout, TypeScript is bundled once per change of the sources: a loader costs 0.4 s at
// every start, a bundle 0.1 s.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildVerbs } from './_build.mjs'
import { digestOfSources, filesBelow, keep } from './_bundle.mjs'
import { upToDate } from './_fast.mjs'
import { callersFolder, userRoot } from './_roots.mjs'

const scripts = dirname(fileURLToPath(import.meta.url))
const tool = dirname(scripts)

/** Used until the verb is loaded: there is nothing to clean up yet. */
const leave = (error, stream) => {
  if (stream === undefined) console.error(error)
  else if (stream === 'stdout' && error.code !== 'EPIPE') console.error(`the output cannot be written: ${error.code}`)
  process.exit(error?.code === 'EPIPE' && stream !== undefined ? 141 : 1)
}

/** Handles uncaught errors: a reader that has gone, a full disk or a lost terminal behind the output, an error in an event handler. */
let abandoned = leave
for (const stream of ['stdout', 'stderr']) process[stream].on('error', (error) => abandoned(error, stream))
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => abandoned(error))

/** What `npm pack` has built in, unless it was kept from running scripts. */
const packed = () => {
  const folder = join(tool, 'dist', 'verbs')
  if (existsSync(folder)) return folder
  console.error('this package of boxhound lacks dist/\n  next:     pack it again without --ignore-scripts')
  process.exit(3)
}

/** The folder of the compiled verbs. The npm package has them built in; it has no sources. */
const compiled = async () => {
  if (!existsSync(join(scripts, '_main.ts'))) return packed()
  // Verbs also import lab/, which stands in for the outside world.
  const sources = [scripts, join(tool, 'lab')].flatMap(filesBelow).filter((path) => /\.(mjs|ts|json)$/.test(path))
  const folder = join(tool, 'node_modules', '.cache', 'boxhound', digestOfSources(tool, sources))
  await keep(folder, (fresh) => buildVerbs(scripts, fresh))
  return folder
}

const start = async (argv, root) => {
  const { abandon, run } = await import(pathToFileURL(join(await compiled(), '_main.mjs')).href)
  abandoned = abandon
  // Every verb has finished its work here; only an idle socket could still keep the process alive.
  process.exitCode = await run(argv, { tool, root })
}

const root = userRoot(process.cwd())
// Verbs run in the user's root, and find the caller's folder where npm puts it.
process.env.INIT_CWD = callersFolder(process.cwd(), process.env)
// Outside of a checkout there is no npm script, whoever started this: the Vagrantfile, for one.
if (root !== tool) process.env.BOXHOUND_COMMAND ??= 'npx boxhound'
process.chdir(root)
const [verb, ...words] = process.argv.slice(2)
const answer = verb === 'bake' ? upToDate(words, { tool, root }) : undefined
if (answer === undefined) await start(process.argv.slice(2), root)
else process.stdout.write(answer)
