// Starts a verb: `node scripts/_run.mjs VERB …`. TypeScript is bundled once per change of the sources and kept under
// node_modules/.cache, because starting through a loader costs 0.4 s at every call and a bundle 0.1 s.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { upToDate } from './_fast.mjs'

const scripts = dirname(fileURLToPath(import.meta.url))
const root = dirname(scripts)
const cache = join(root, 'node_modules', '.cache', 'boxhound')

/** Name, size and time of every source, hashed: the identity of a bundle. */
const fingerprint = () => {
  const hash = createHash('sha256').update(process.version)
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (/\.(ts|json)$/.test(entry.name)) {
        const { size, mtimeMs } = statSync(path)
        hash.update(`${path}\0${size}\0${mtimeMs}\n`)
      }
    }
  }
  // What stands in for the outside world is called by verbs, too.
  for (const folder of [scripts, join(root, 'lab')]) visit(folder)
  hash.update(String(statSync(join(root, 'package-lock.json')).mtimeMs))
  return hash.digest('hex').slice(0, 16)
}

const bundle = async (folder) => {
  const { build } = await import('esbuild')
  const fresh = `${folder}.${process.pid}`
  mkdirSync(cache, { recursive: true })
  await build({
    entryPoints: [join(scripts, '_main.ts')],
    outdir: fresh,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    // Half the bytes to compile at every start; names stay for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
    external: ['ssh2', 'esbuild', 'protobufjs', '@datadog/datadog-api-client'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
  })
  // Old bundles may still be read by a start that runs: only those of yesterday and before go.
  for (const old of readdirSync(cache)) {
    // Undefined: another start, whose own it was, has given it its name.
    const found = statSync(join(cache, old), { throwIfNoEntry: false })
    if (found !== undefined && Date.now() - found.mtimeMs > 86_400_000)
      rmSync(join(cache, old), { recursive: true, force: true })
  }
  try {
    renameSync(fresh, folder)
  } catch (error) {
    // Another start was quicker with the very same bundle.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Before anything is begun that would have to be cleaned up. */
const leave = (error, stream) => {
  if (stream === undefined) console.error(error)
  else if (stream === 'stdout' && error.code !== 'EPIPE') console.error(`the output cannot be written: ${error.code}`)
  process.exit(error?.code === 'EPIPE' && stream !== undefined ? 141 : 1)
}

/** What ends a run that nobody catches: a reader that has gone, a full disk or a lost terminal behind the output, an error in an event. */
let abandoned = leave
for (const stream of ['stdout', 'stderr']) process[stream].on('error', (error) => abandoned(error, stream))
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => abandoned(error))

const start = async (argv) => {
  const folder = join(cache, fingerprint())
  if (!existsSync(folder)) await bundle(folder)
  const { abandon, run } = await import(pathToFileURL(join(folder, '_main.mjs')).href)
  abandoned = abandon
  // Every verb has ended its own work here; what could still hold the process open is an idle socket.
  process.exitCode = await run(argv)
}

process.chdir(root)
const [verb, ...words] = process.argv.slice(2)
const answer = verb === 'bake' ? upToDate(words, root) : undefined
if (answer === undefined) await start(process.argv.slice(2))
else process.stdout.write(answer)
