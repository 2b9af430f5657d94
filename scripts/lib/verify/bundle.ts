// Compiles AVA and the suites.

import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
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

/** A module's own address. Not written as one word: bundlers of sources replace that word, here and in the tests. */
const ownUrl = ['import', 'meta', 'url'].join('.')

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
  const ava = join(root, 'node_modules/ava')
  await compile({
    // AVA opens more than a thousand files to start; its worker and the suite must share one copy of its state, so all of it is one build.
    entryPoints: {
      ava: join(ava, 'entrypoints/cli.mjs'),
      'worker/base': join(ava, 'lib/worker/base.js'),
      ...(await entryPoints(root)),
    },
    alias: { ava: join(ava, 'entrypoints/main.mjs') },
    absWorkingDir: root,
    outdir: folder,
    // Half the bytes to compile at every start; lines stay short for AVA, which quotes them.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    // AVA's watch mode and its TypeScript are not used here; ssh2 has optional native parts.
    external: ['ssh2', '@vercel/nft', '@ava/typescript'],
    plugins: [ownUrls(root)],
  })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  for (const suite of Object.keys(entries))
    await cp(join(root, 'suite', suite, 'ava.config.js'), join(folder, suite, 'ava.config.js'))
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
  const sources = ['suite', 'scripts/lib'].flatMap((folder) => filesBelow(join(root, folder)))
  const read = sources.filter((path) => /\.(ts|js|json)$/.test(path))
  const folder = join(root, 'node_modules/.cache/boxhound-suite', digestOfSources(root, read))
  await keep(folder, (fresh) => build(root, fresh))
  return folder
}

/** The words that start AVA on a suite of the bundle, to be run in its folder. */
export const avaCommand = (suite: SuiteName, ...flags: readonly string[]): string[] => [
  'ava.js',
  '--config',
  `${suite}/ava.config.js`,
  ...flags,
]
