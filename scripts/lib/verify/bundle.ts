// Compiles AVA and the suites.

import { existsSync } from 'node:fs'
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import { compile, digestOfSources, filesBelow, keep } from '../../_bundle.mjs'

/** Name of a configuration in the bundle, for `ava --config`. */
export type SuiteName = 'box' | 'image' | 'contract'

const entries: Readonly<Record<SuiteName, string>> = {
  box: 'suite.test',
  image: '*.proof',
  contract: 'agent.contract',
}

/**
 * A module's own address. Not written as one word, because bundlers replace that word in sources, here and in the
 * tests.
 */
const ownUrl = ['import', 'meta', 'url'].join('.')

/** Where the npm package has the bundle, below boxhound's folder. */
const packed = 'dist/suite'

/** An expression for the address that a source has beside the packed bundle, wherever the package is installed. */
const addressInPackage = (path: string): string =>
  `(${ownUrl}.slice(0, ${ownUrl}.lastIndexOf("/${packed}/")) + ${JSON.stringify(`/${path}`)})`

/**
 * Makes files that the suite reads beside its sources, such as probes/*.py, resolve to their real place instead of the
 * bundle's.
 */
const ownUrls = (tool: string, forPackage: boolean): Plugin => ({
  name: 'own-urls',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(join(tool, 'suite/'))) return undefined
      const text = await readFile(path, 'utf8')
      const url = forPackage ? addressInPackage(relative(tool, path)) : JSON.stringify(pathToFileURL(path).href)
      return { contents: text.replaceAll(ownUrl, url), loader: 'ts' }
    })
  },
})

/** The suite files that AVA loads, by their names in the bundle. */
const entryPoints = async (tool: string): Promise<Record<string, string>> => {
  const found = await Promise.all(
    Object.entries(entries).map(async ([suite, name]) => {
      const pattern = new RegExp(`^${name.replace('.', '\\.').replace('*', '.+')}\\.ts$`)
      const files = await readdir(join(tool, 'suite', suite))
      return files.filter((file) => pattern.test(file)).map((file) => `${suite}/${file.replace(/\.ts$/, '')}`)
    }),
  )
  return Object.fromEntries(found.flat().map((name) => [name, join(tool, 'suite', `${name}.ts`)]))
}

/**
 * Compiles AVA and the suites into a folder.
 *
 * @param forPackage the bundle is moved with boxhound's folder, where it is `dist/suite`.
 */
export const buildSuite = async (tool: string, folder: string, forPackage = false): Promise<void> => {
  const ava = join(tool, 'node_modules/ava')
  await compile({
    // AVA opens more than a thousand files at start-up. Its worker and the suite must share one copy of its state, so
    // everything is bundled in one build.
    entryPoints: {
      ava: join(ava, 'entrypoints/cli.mjs'),
      'worker/base': join(ava, 'lib/worker/base.js'),
      ...(await entryPoints(tool)),
    },
    alias: { ava: join(ava, 'entrypoints/main.mjs') },
    absWorkingDir: tool,
    outdir: folder,
    // Halves what has to be compiled at each start. Lines stay short enough for AVA, which quotes them.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    // AVA's watch mode and TypeScript support are not used here; ssh2 has optional native parts.
    external: ['ssh2', '@vercel/nft', '@ava/typescript'],
    plugins: [ownUrls(tool, forPackage)],
  })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  for (const suite of Object.keys(entries))
    await cp(join(tool, 'suite', suite, 'ava.config.js'), join(folder, suite, 'ava.config.js'))
}

/**
 * AVA and the suites as compiled files. Loading the sources through a loader takes 2 seconds per run, the bundle a
 * third of a second. In a checkout it is rebuilt when the sources change, and kept under node_modules/.cache; the npm
 * package has it built in.
 *
 * @param folder boxhound's own.
 * @returns the bundle's folder: `ava.js`, and one folder per suite with its `ava.config.js`.
 */
export const bundleSuite = async (folder: string): Promise<string> => {
  const tool = resolve(folder)
  if (!existsSync(join(tool, 'scripts/_main.ts'))) return join(tool, packed)
  const sources = ['suite', 'scripts/lib'].flatMap((name) => filesBelow(join(tool, name)))
  const read = sources.filter((path) => /\.(ts|js|json)$/.test(path))
  const kept = join(tool, 'node_modules/.cache/boxhound-suite', digestOfSources(tool, read))
  await keep(kept, (fresh) => buildSuite(tool, fresh))
  return kept
}

/** The command that runs AVA on a suite of the bundle, in the bundle's folder. */
export const avaCommand = (suite: SuiteName, ...flags: readonly string[]): string[] => [
  'ava.js',
  '--config',
  `${suite}/ava.config.js`,
  ...flags,
]
