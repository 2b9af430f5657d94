import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'

/** Name of a configuration in the bundle, for `ava --config`. */
export type SuiteName = 'box' | 'image' | 'contract'

const entries: Readonly<Record<SuiteName, string>> = {
  box: 'suite.test',
  image: '*.proof',
  contract: 'agent.contract',
}

const day = 86_400_000

/** A module's own address. Not written as one word: bundlers of sources replace that word, here and in the tests. */
const ownUrl = ['import', 'meta', 'url'].join('.')

/** Name, size and time of every source, hashed: the identity of a bundle. */
const fingerprint = (root: string): string => {
  const hash = createHash('sha256').update(process.version)
  const take = (path: string): void => {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${path}\0${size}\0${mtimeMs}\n`)
  }
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (/\.(ts|js|json)$/.test(entry.name)) take(path)
    }
  }
  for (const folder of ['suite', 'scripts/lib']) visit(join(root, folder))
  take(join(root, 'package-lock.json'))
  return hash.digest('hex').slice(0, 16)
}

/** What the suite reads beside its sources, such as probes/*.py, is found where it is: a bundle has another place. */
const ownUrls = (root: string): Plugin => ({
  name: 'own-urls',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(join(root, 'suite/'))) return undefined
      const text = await readFile(path, 'utf8')
      const url = JSON.stringify(pathToFileURL(path).href)
      return { contents: text.replaceAll(ownUrl, url), loader: 'ts' }
    })
  },
})

/** Suite files that AVA loads, by their names in the bundle. */
const entryPoints = async (root: string): Promise<Record<string, string>> => {
  const found = await Promise.all(
    Object.entries(entries).map(async ([suite, name]) => {
      const pattern = new RegExp(`^${name.replace('.', '\\.').replace('*', '.+')}\\.ts$`)
      const files = await readdir(join(root, 'suite', suite))
      return files.filter((file) => pattern.test(file)).map((file) => `${suite}/${file.replace(/\.ts$/, '')}`)
    }),
  )
  return Object.fromEntries(found.flat().map((name) => [name, join(root, 'suite', `${name}.ts`)]))
}

const build = async (root: string, folder: string): Promise<void> => {
  const esbuild = await import('esbuild')
  const ava = join(root, 'node_modules/ava')
  await esbuild.build({
    // AVA opens more than a thousand files to start; its worker and the suite must share one copy of its state, so all of it is one build.
    entryPoints: {
      ava: join(ava, 'entrypoints/cli.mjs'),
      'worker/base': join(ava, 'lib/worker/base.js'),
      ...(await entryPoints(root)),
    },
    alias: { ava: join(ava, 'entrypoints/main.mjs') },
    absWorkingDir: root,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Half the bytes to compile at every start; lines stay short for AVA, which quotes them.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    logLevel: 'warning',
    // AVA's watch mode and its TypeScript are not used here; ssh2 has optional native parts.
    external: ['ssh2', '@vercel/nft', '@ava/typescript'],
    plugins: [ownUrls(root)],
    banner: {
      js: `import { createRequire as __createRequire } from 'node:module';const require = __createRequire(${ownUrl});`,
    },
  })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  for (const suite of Object.keys(entries))
    await cp(join(root, 'suite', suite, 'ava.config.js'), join(folder, suite, 'ava.config.js'))
}

/** Bundles of yesterday and before; a younger one may still be read by a run. */
const sweep = async (cache: string): Promise<void> => {
  for (const name of await readdir(cache)) {
    const found = await stat(join(cache, name)).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > day)
      await rm(join(cache, name), { recursive: true, force: true })
  }
}

const touch = (folder: string): void => {
  const now = new Date()
  try {
    utimesSync(folder, now, now)
  } catch {
    // of another user: it may be swept tomorrow, and is built again
  }
}

/**
 * AVA and the suites as compiled files: loading the sources through a loader costs 2 seconds at every run, a bundle a third of one. Built once per
 * change of the sources and kept under node_modules/.cache.
 *
 * @param checkout its folder.
 * @returns the bundle's folder: `ava.js`, and one folder per suite with its `ava.config.js`.
 */
export const bundleSuite = async (checkout: string): Promise<string> => {
  const root = resolve(checkout)
  const cache = join(root, 'node_modules/.cache/boxhound-suite')
  const folder = join(cache, fingerprint(root))
  // At once, without a turn of the event loop: who calls this wants AVA to start before anything else.
  if (existsSync(folder)) {
    touch(folder)
    return folder
  }
  await mkdir(cache, { recursive: true })
  await sweep(cache)
  const fresh = await mkdtemp(`${folder}.`)
  await build(root, fresh)
  try {
    await rename(fresh, folder)
  } catch (error) {
    // Another run was quicker with the very same bundle.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    await rm(fresh, { recursive: true, force: true })
  }
  return folder
}

/** The words that start AVA on a suite of the bundle, to be run in its folder. */
export const avaCommand = (suite: SuiteName, ...flags: readonly string[]): string[] => [
  'ava.js',
  '--config',
  `${suite}/ava.config.js`,
  ...flags,
]
