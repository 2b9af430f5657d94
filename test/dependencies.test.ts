import { readdir, readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import test from 'ava'
import { build } from 'esbuild'

const entries = async (): Promise<string[]> => {
  const files = await readdir('suite', { recursive: true })
  return ['scripts/_main.ts', ...files.filter((name) => name.endsWith('.ts')).map((name) => `suite/${name}`)]
}

/** Packages that the product's own files import, types apart. */
const imported = async (): Promise<string[]> => {
  const { metafile } = await build({
    entryPoints: await entries(),
    bundle: true,
    splitting: true,
    packages: 'external',
    metafile: true,
    write: false,
    logLevel: 'error',
    format: 'esm',
    platform: 'node',
    outdir: 'unused',
  })
  const paths = Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path),
  )
  const packages = paths.map((path) => /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path)
  return [...new Set(packages)].filter((name) => !name.startsWith('node:') && !builtinModules.includes(name)).sort()
}

test('what verbs and suites import is installed for whoever only uses them', async (t) => {
  const { dependencies, optionalDependencies } = JSON.parse(await readFile('package.json', 'utf8'))
  const found = await imported()
  for (const name of ['ava', 'esbuild', 'ssh2', 'zod']) t.true(found.includes(name), name)
  t.deepEqual(
    found.filter((name) => !(name in dependencies) && !(name in optionalDependencies)),
    [],
  )
})
