import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { cleanEnvironment } from '../../scripts/lib/_helpers/environment.ts'
import { boxhoundVersion } from '../../scripts/lib/_helpers/version.ts'

const call = promisify(execFile)
const work = mkdtempSync(join(tmpdir(), 'boxhound-pack-'))
const machines = join(work, 'machines')

/** As in a user's shell: what npm has told the tests themselves is not for what they start. */
const environment = (): NodeJS.ProcessEnv => {
  const { BOXHOUND_CACHE, XDG_CACHE_HOME, npm_config_registry, npm_config_cafile } = process.env
  const kept = { BOXHOUND_CACHE, XDG_CACHE_HOME, npm_config_registry, npm_config_cafile }
  return { ...cleanEnvironment(), ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value)) }
}

const run = async (program: string, words: readonly string[], cwd: string): Promise<string> =>
  (await call(program, words, { cwd, env: environment(), maxBuffer: 64 * 1024 * 1024 })).stdout

/** From npm's cache where it has them. Nothing here needs the optional client of the account's API. */
const quiet = ['--prefer-offline', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

const boxhound = (...words: readonly string[]): Promise<string> => run('npx', ['boxhound', ...words], machines)

const manifest = () => JSON.parse(readFileSync(join(machines, 'out/lab/manifest.json'), 'utf8'))

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string; readonly mode: number }[]
}

test.after.always(() => {
  rmSync(work, { recursive: true, force: true })
})

test.serial('npm pack has verbs and suite built in, and neither sources, tests nor install scripts', async (t) => {
  const [packed]: Packed[] = JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', work], process.cwd()))
  const paths = packed?.files.map(({ path }) => path) ?? []
  for (const path of ['dist/verbs/_main.mjs', 'dist/suite/ava.js', 'dist/suite/box/suite.test.js', 'Vagrantfile'])
    t.true(paths.includes(path), path)
  t.deepEqual(
    paths.filter((path) =>
      /\.ts$|^test\/(?!python\/)|^lab\/\w+\/(tests|contract)\/|^scripts\/_pack|\/__pycache__\//.test(path),
    ),
    [],
  )
  t.is((packed?.files.find(({ path }) => path === 'scripts/boxhound.mjs')?.mode ?? 0) & 0o111, 0o111)
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  t.deepEqual(
    Object.keys(scripts).filter((name) => /^(pre|post)?install$|^(pre|post)?prepare$/.test(name)),
    [],
  )
})

test.serial('installed in an empty folder it starts a repository, bakes and verifies it', async (t) => {
  mkdirSync(machines)
  const [tarball = ''] = readdirSync(work).filter((name) => name.endsWith('.tgz'))
  await run('npm', ['install', ...quiet, join(work, tarball)], machines)
  const installed = join(work, 'installed')
  writeFileSync(installed, '')
  const { box, files } = JSON.parse(await boxhound('init', '--name', 'lab', '--system', 'lab', '--yes', '--json'))
  t.is(box, 'lab')
  t.deepEqual(
    files.filter(({ state }: { state: string }) => state !== 'written').map(({ path }: { path: string }) => path),
    ['package.json'],
  )
  t.regex(await boxhound('up', '--help'), /^Usage: npx boxhound up /m)
  await t.throwsAsync(boxhound('test'), { message: /only a checkout of boxhound has its tests/ })
  const { tools, layers } = JSON.parse(await boxhound('bake', '--no-verify', '--json'))
  t.is(tools.boxhound, boxhoundVersion)
  // What the checkout has baked is taken: its layers have the same ids.
  const cached = layers.filter(({ cached: found }: { cached: boolean }) => found)
  t.deepEqual(
    cached.map(({ name }: { name: string }) => name),
    ['image', 'base', 'agent', 'database', 'app'],
  )
  t.regex(await boxhound('verify', '--machine', 'container'), /✓ check\.open_files /)
  t.is(await run('find', ['node_modules/boxhound', '-newer', installed], machines), '', 'written into the package')
  t.deepEqual(readdirSync(machines).toSorted(), [
    ...['.github', '.gitignore', 'Vagrantfile', 'boxes', 'node_modules', 'out', 'package-lock.json', 'package.json'],
  ])
})

for (const major of [22, 24])
  test.serial(`on Node ${major} a repository is started, rendered, baked and verified as well`, async (t) => {
    const nodes = join(work, `node-${major}`)
    mkdirSync(nodes)
    // What npm's package `node` brings: its own way to get there is an install script.
    const name = `node-linux-${process.arch}`
    await run('npm', ['install', ...quiet, '--prefix', nodes, `${name}@${major}`], nodes)
    const node = join(nodes, 'node_modules', name, 'bin/node')
    t.regex(await run(node, ['--version'], nodes), new RegExp(`^v${major}\\.`))
    const start = join(machines, 'node_modules/boxhound/scripts/boxhound.mjs')
    const verb = (cwd: string, ...words: readonly string[]): Promise<string> => run(node, [start, ...words], cwd)
    const other = join(work, `machines-${major}`)
    await verb(work, 'init', other, '--system', 'lab', '--name', 'web', '--yes')
    cpSync(join(machines, 'boxes'), join(other, 'boxes'), { recursive: true, force: false, errorOnExist: false })
    await verb(other, 'render', 'web', '--out', 'rendered')
    t.true(existsSync(join(other, 'rendered/expectations.json')))
    const { sha256 } = manifest().image
    t.is(JSON.parse(await verb(machines, 'bake', '--no-verify', '--json')).image.sha256, sha256)
    t.regex(await verb(machines, 'verify', '--machine', 'container'), /\b0 failed/)
  })
