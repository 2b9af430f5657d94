// Compiles the unit tests: 200 files that would each start a process, a loader and the same modules become a few files that AVA loads as they are. Done
// once per change of the sources and kept under node_modules/.cache, as scripts/_run.mjs does it for verbs.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compile, digestOfSources, filesBelow, keep } from '../scripts/_bundle.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(here)
const cache = join(root, 'node_modules', '.cache', 'boxhound')
/** Tests that package.json leaves to stages of their own: they boot or bake. */
const left = ['machine', 'up'].map((name) => join(here, name))

/** What those that bake start: the verbs, in the folder in which they are started. */
const machineVerb = join(here, 'machine', '_verb.ts')

/** So many files of tests come out; each is a process, so that heavy ones can run side by side and none holds everything. */
const groups = 16

const isLeft = (path) => left.some((folder) => path.startsWith(`${folder}/`))

const ownFiles = () => filesBelow(here).filter((path) => !isLeft(path))

/** A file that changes its process for good, while it is loaded, keeps a process of its own. */
const isLoner = (path) => /^process\./m.test(readFileSync(path, 'utf8'))

/** Which test files go together: heavy neighbours, such as all of one folder, are dealt out to different groups. */
const deal = (tests) => {
  const loners = tests.filter(isLoner)
  const together = tests.filter((path) => !loners.includes(path))
  const dealt = Array.from({ length: groups }, (_, number) => together.filter((_, index) => index % groups === number))
  return [...dealt, ...loners.map((path) => [path])].filter((group) => group.length > 0)
}

/** `base › edit`, as AVA would call the file. */
const nameOf = (path) =>
  relative(here, path)
    .replace(/\.test\.ts$/, '')
    .split('/')
    .join(' › ')

const grouped = 'boxhound-tests'

const shim = JSON.stringify(join(here, '_grouped.mjs'))

const groupSource = (files) =>
  [...files.map((file) => `import ${JSON.stringify(file)}`), `import { declareAll } from ${shim}`, 'declareAll()'].join(
    '\n',
  )

const testSource = (path) => `import { testOf } from ${shim}\nexport default testOf(${JSON.stringify(nameOf(path))})`

/** Sources see the address that they have as sources; tests see the `test` of their file instead of AVA's. */
const plugin = (dealt) => ({
  name: 'tests',
  setup: (build) => {
    build.onResolve({ filter: /^group-\d+$/ }, ({ path }) => ({ path, namespace: grouped }))
    build.onResolve({ filter: /^ava$/ }, ({ importer }) =>
      importer.endsWith('.test.ts') ? { path: importer, namespace: grouped } : { path: 'ava', external: true },
    )
    build.onLoad({ filter: /.*/, namespace: grouped }, ({ path }) => ({
      resolveDir: here,
      contents: /^group-\d+$/.test(path) ? groupSource(dealt[Number(path.slice(6))] ?? []) : testSource(path),
    }))
    build.onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) =>
      path.includes('/node_modules/')
        ? undefined
        : {
            loader: 'ts',
            contents: readFileSync(path, 'utf8').replaceAll(
              'import.meta.url',
              JSON.stringify(pathToFileURL(path).href),
            ),
          },
    )
  },
})

const write = async (folder, name) => {
  const files = ownFiles()
  const dealt = deal(files.filter((path) => path.endsWith('.test.ts')))
  await compile({
    entryPoints: [
      ...dealt.map((_, number) => ({ in: `group-${number}`, out: `group-${number}.test` })),
      // What tests start as a process of its own.
      ...[...files.filter((path) => basename(path).startsWith('_') && path.endsWith('.ts')), machineVerb].map(
        (path) => ({ in: path, out: relative(root, path).slice(0, -'.ts'.length) }),
      ),
    ],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    sourcemap: true,
    sourcesContent: false,
    external: ['ssh2', 'esbuild', 'protobufjs', '@datadog/datadog-api-client', 'typescript'],
    plugins: [plugin(dealt)],
  })
  writeFileSync(
    join(folder, 'ava.config.mjs'),
    `export default ${JSON.stringify({
      files: [`${relative(root, name)}/*.test.mjs`],
      extensions: ['mjs'],
      workerThreads: false,
      timeout: '2m',
      environmentVariables: { BOXHOUND_COMPILED: name },
    })}\n`,
  )
}

/** The folder of the compiled tests, with the configuration that AVA runs them by. */
export const compiledTests = async () => {
  const sources = ['scripts', 'lab', 'suite', 'lint'].flatMap((folder) => filesBelow(join(root, folder)))
  const read = [...ownFiles(), ...sources].filter((path) => /\.(ts|mjs|js|json)$/.test(path))
  const folder = join(cache, `unit-${digestOfSources(root, read)}`)
  await keep(folder, (fresh) => write(fresh, folder))
  return folder
}
