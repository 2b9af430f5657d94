// Builds dist/ for the npm package, so that an installed boxhound compiles nothing: npm runs this before it packs.
import { mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildVerbs } from './_build.mjs'
import { compile } from './_bundle.mjs'

const scripts = dirname(fileURLToPath(import.meta.url))
const tool = dirname(scripts)
const dist = join(tool, 'dist')

/** The module that compiles the suite is TypeScript itself. Below node_modules, it finds esbuild. */
const suiteBuilder = async () => {
  const folder = mkdtempSync(join(tool, 'node_modules', '.boxhound-pack-'))
  try {
    const entryPoints = { bundle: join(scripts, 'lib/verify/bundle.ts') }
    await compile({ entryPoints, outdir: folder, outExtension: { '.js': '.mjs' }, external: ['esbuild'] })
    return await import(pathToFileURL(join(folder, 'bundle.mjs')).href)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

rmSync(dist, { recursive: true, force: true })
const { buildSuite } = await suiteBuilder()
await Promise.all([buildVerbs(scripts, join(dist, 'verbs'), false), buildSuite(tool, join(dist, 'suite'), true)])
