import { readdir, readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import test from 'ava'
import { build } from 'esbuild'
import { cycleIn, importsBelow, importsIn, roomOf, upward } from './_imports.ts'

const entries = async (): Promise<string[]> => {
  const files = await readdir('suite', { recursive: true })
  return ['scripts/_main.ts', ...files.filter((name) => name.endsWith('.ts')).map((name) => `suite/${name}`)]
}

/** What the compiler knows of the product's own files: which imports which, types apart. */
const compiled = async () => {
  const { metafile } = await build({
    entryPoints: await entries(),
    ...{ bundle: true, splitting: true, packages: 'external', metafile: true, write: false, logLevel: 'error' },
    ...{ format: 'esm', platform: 'node', outdir: 'unused' },
  })
  return metafile.inputs
}

/** Packages that the product's own files import, types apart. */
const imported = async (): Promise<string[]> => {
  const paths = Object.values(await compiled()).flatMap(({ imports }) =>
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

const own = importsBelow(['scripts', 'suite', 'lab'])

/** The block of CONTRIBUTING.md that says what may import what. */
const order = async (): Promise<string[]> => {
  const block = /^```text\n(start ←[^`]*)```$/m.exec(await readFile('CONTRIBUTING.md', 'utf8'))?.[1] ?? ''
  return block.trim().split(/\s*←\s*/)
}

test('no module imports itself by way of others', async (t) => {
  t.deepEqual(cycleIn(await own), [])
})

test('imports point left in the order of CONTRIBUTING.md', async (t) => {
  t.deepEqual(upward(await own, await order()), [])
})

test('the order of CONTRIBUTING.md names every folder with modules, once', async (t) => {
  t.deepEqual((await order()).toSorted(), [...new Set([...(await own).keys()].map(roomOf)), 'start'].sort())
})

test('no import that the compiler sees is overlooked', async (t) => {
  const imports = await own
  const missing = Object.entries(await compiled()).flatMap(([path, { imports: all }]) =>
    all
      .filter((one) => one.external !== true && /\.m?ts$/.test(one.path) && path.endsWith('.ts'))
      .filter((one) => imports.get(path)?.includes(one.path) !== true)
      .map((one) => `${path} imports ${one.path}`),
  )
  t.deepEqual(missing, [])
})

test('imports of types count, and those over several lines or in place', (t) => {
  const text = `import type { A } from './a.ts'\nimport {\n  b,\n  type B,\n} from '../b.ts'\nexport * from './c.ts'\nconst d = await import('./d.mjs')\n`
  t.deepEqual(importsIn('x/y/z.ts', text), ['x/y/a.ts', 'x/b.ts', 'x/y/c.ts', 'x/y/d.mjs'])
})

test('a cycle is told as a path, an upward import by both its ends', (t) => {
  const imports = new Map([
    ['scripts/lib/box/a.ts', ['scripts/lib/box/b.ts']],
    ['scripts/lib/box/b.ts', ['scripts/lib/bake/c.ts']],
    ['scripts/lib/bake/c.ts', ['scripts/lib/box/b.ts']],
  ])
  t.deepEqual(cycleIn(imports), ['scripts/lib/box/b.ts', 'scripts/lib/bake/c.ts', 'scripts/lib/box/b.ts'])
  t.deepEqual(upward(imports, ['box', 'bake']), ['scripts/lib/box/b.ts imports scripts/lib/bake/c.ts'])
  t.is(upward(imports, ['box']).length, 2)
})
