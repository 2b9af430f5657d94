import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import test from 'ava'
import { stampPath } from '../../scripts/_fast.mjs'
import { seeInputs, seeNamed, writeStamp } from '../../scripts/lib/bake/stamp.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { answer, bakeAgain, type Stamped, soon, stampedProject } from './_stamped.ts'

test('a bake with nothing changed is answered from its stamp, in each of its forms', async (t) => {
  const project = await stampedProject(t)
  t.is(answer(project), undefined, 'no bake before')
  await bakeAgain(project, 'one')
  t.is(answer(project), 'up to date\nalready verified\n')
  t.is(answer(project, ['one', '--no-verify']), 'up to date\n')
  t.is(JSON.parse(answer(project, ['--json', 'one']) ?? '').box, 'one')
  fs.rmSync(project.cache, { recursive: true })
  t.is(answer(project), undefined, 'the stamp is gone with its store')
})

/** Writes a file anew with the same size, and sets its modification time back, as a careless tool may. */
const alter = (path: string): void => {
  const old = join(tmpdir(), `boxhound-old-${process.pid}-${randomUUID()}`)
  execFileSync('cp', ['--preserve=timestamps', path, old])
  fs.writeFileSync(path, 'x'.repeat(fs.statSync(path).size))
  execFileSync('touch', ['--reference', old, path])
  fs.rmSync(old)
}

const changes: Readonly<Record<string, (project: Stamped) => void>> = {
  'the box file': ({ tool }) => alter(join(tool, 'boxes/one.yaml')),
  'a file of a layer': ({ tool }) => alter(join(tool, 'provision/20-agent/provision.sh')),
  'the mode of a file': ({ tool }) => fs.chmodSync(join(tool, 'provision/20-agent/provision.sh'), 0o755),
  'a new file of a layer': ({ write }) => write('provision/20-agent/root/etc/new', 'new\n'),
  'a new name beside a file': ({ write }) => write('provision/20-agent/layer.yaml', 'packages: []\n'),
  'a lost file of a layer': ({ tool }) => fs.rmSync(join(tool, 'provision/20-agent/provision.sh')),
  'a renamed folder': ({ tool }) => fs.renameSync(join(tool, 'provision/90-seal'), join(tool, 'provision/95-seal')),
  'the engine': ({ tool }) => alter(join(tool, 'provision/_engine/apply.sh')),
  'what makes the base': ({ tool }) => alter(join(tool, 'lab/base/build.sh')),
  'what imports an image': ({ tool }) => alter(join(tool, 'disk/import.sh')),
  'a source of boxhound': ({ tool }) => alter(join(tool, 'scripts/verb.ts')),
  'its lock file': ({ tool }) => alter(join(tool, 'package-lock.json')),
  'the installed packages': ({ write }) => write('node_modules/.package-lock.json', '{}'),
  'checks beside the box file': ({ write }) => write('boxes/checks/mine/check.yaml', 'metrics: []\n'),
  'an engine beside the box file': ({ write }) => write('boxes/databases/mine/database.yaml', 'title: mine\n'),
  'an app beside the box file': ({ write }) => write('boxes/apps/mine/app.yaml', 'unit: mine\n'),
  'a refresh that was asked for': ({ write }) => write('cache/refresh/one', `${Date.now()}\n`),
  'a lost image': ({ tool }) => fs.rmSync(join(tool, 'out/one/one.qcow2')),
  'a cut image': ({ tool }) => fs.truncateSync(join(tool, 'out/one/one.qcow2'), 4),
  'an altered image': ({ tool }) => alter(join(tool, 'out/one/one.qcow2')),
  'an image in a format that nobody wants': ({ write }) => write('out/one/one.vmdk', 'old'),
  'the manifest': ({ tool }) => alter(join(tool, 'out/one/manifest.json')),
  'the expectations': ({ tool }) => alter(join(tool, 'out/one/expectations.json')),
  'the list of digests': ({ tool }) => fs.rmSync(join(tool, 'out/one/SHA256SUMS')),
  'the verification': ({ tool }) => alter(join(tool, 'out/one/verify/results.json')),
}

for (const [what, change] of Object.entries(changes))
  test(`no stamp outlives a change: ${what}`, async (t) => {
    const project = await stampedProject(t)
    await bakeAgain(project, 'one')
    t.is(answer(project), 'up to date\nalready verified\n')
    change(project)
    t.is(answer(project), undefined)
  })

test('a bake that does not verify is answered whatever has become of the verification', async (t) => {
  const project = await stampedProject(t)
  await bakeAgain(project, 'one')
  fs.rmSync(join(project.out, 'one/verify'), { recursive: true })
  t.is(answer(project, ['one', '--no-verify']), 'up to date\n')
  t.is(answer(project), undefined)
})

test('layers may go from the store: what is published needs none of them', async (t) => {
  const project = await stampedProject(t)
  await bakeAgain(project, 'one')
  fs.rmSync(join(project.cache, 'layers'), { recursive: true, force: true })
  t.is(answer(project), 'up to date\nalready verified\n')
})

test('a box file at a path has a stamp of its own, with the checks beside it and the links on the way', async (t) => {
  const project = await stampedProject(t)
  const path = join(project.tool, 'elsewhere/mine.yaml')
  fs.copyFileSync(join(project.root, 'boxes/one.yaml'), join(project.tool, 'elsewhere/real.yaml'))
  fs.symlinkSync('real.yaml', path)
  await bakeAgain(project, path)
  t.is(answer(project), undefined)
  t.is(answer(project, [path]), 'up to date\nalready verified\n')
  t.is(answer(project, ['./mine.yaml'], { INIT_CWD: join(project.tool, 'elsewhere') }), undefined, 'another word')
  fs.copyFileSync(path, join(project.tool, 'elsewhere/other.yaml'))
  fs.rmSync(path)
  fs.symlinkSync('other.yaml', path)
  t.is(answer(project, [path]), undefined, 'the link leads elsewhere')
  await bakeAgain(project, path)
  t.not(answer(project, [path]), undefined)
  alter(join(project.tool, 'elsewhere/other.yaml'))
  t.is(answer(project, [path]), undefined, 'what the link leads to')
  fs.copyFileSync(join(project.root, 'boxes/one.yaml'), join(project.tool, 'elsewhere/other.yaml'))
  await bakeAgain(project, path)
  t.not(answer(project, [path]), undefined)
  project.write('elsewhere/checks/mine/check.yaml', 'metrics: []\n')
  t.is(answer(project, [path]), undefined, 'a check beside it')
})

test('a relative path means the caller’s folder: two callers, two stamps', async (t) => {
  const project = await stampedProject(t)
  await bakeAgain(project, './boxes/one.yaml').catch(() => {}) // from the folder of the tests there is no such file
  fs.copyFileSync(join(project.root, 'boxes/one.yaml'), join(project.tool, 'elsewhere/one.yaml'))
  const environment = { ...project.environment, INIT_CWD: join(project.root, 'boxes') }
  const before = process.env.INIT_CWD
  process.env.INIT_CWD = environment.INIT_CWD
  t.teardown(() => {
    if (before === undefined) delete process.env.INIT_CWD
    else process.env.INIT_CWD = before
  })
  await bakeAgain({ ...project, environment }, './one.yaml')
  t.not(answer(project, ['./one.yaml'], environment), undefined)
  t.is(answer(project, ['./one.yaml'], { INIT_CWD: join(project.tool, 'elsewhere') }), undefined)
})

test('certificates that the box file keeps in its image count', async (t) => {
  const project = await stampedProject(t)
  const path = join(project.root, 'boxes/one.yaml')
  fs.appendFileSync(path, 'mirrors: { caBundle: ../elsewhere/network.pem }\n')
  await bakeAgain(project, 'one')
  t.not(answer(project), undefined)
  alter(join(project.tool, 'elsewhere/network.pem'))
  t.is(answer(project), undefined)
})

test('the environment counts, and no password of it is written down', async (t) => {
  const project = await stampedProject(t)
  const own = { https_proxy: 'http://me:hunter2@proxy:3128' }
  await bakeAgain({ ...project, environment: { ...project.environment, ...own } }, 'one')
  t.not(answer(project, ['one'], own), undefined)
  t.not(answer(project, ['one'], { ...own, SHLVL: '3', DD_API_KEY: 'key' }), undefined, 'nothing of a bake')
  const others = [{}, { BOXHOUND_X: '1' }, { HTTP_PROXY: 'http://other' }, { SSL_CERT_FILE: '/pem' }]
  for (const other of others) t.is(answer(project, ['one'], { ...own, https_proxy: undefined, ...other }), undefined)
  for (const other of others.slice(1)) t.is(answer(project, ['one'], { ...own, ...other }), undefined)
  for (const name of ['BOXHOUND_OUT', 'BOXHOUND_CACHE'])
    t.is(answer(project, ['one'], { ...own, [name]: join(project.tool, 'other') }), undefined, name)
  const file = stampPath('one', project, project.environment)
  t.false(fs.readFileSync(file, 'utf8').includes('hunter2'))
  t.is(fs.statSync(file).mode & 0o777, 0o600)
})

test('packages are taken anew when their time has come, also when the clock is set back', async (t) => {
  const project = await stampedProject(t)
  await bakeAgain(project, 'one')
  const week = 7 * 86_400_000
  const end = (Math.floor(Date.now() / week) + 1) * week
  t.not(answer(project, ['one'], {}, end - 1), undefined)
  t.is(answer(project, ['one'], {}, end), undefined)
  t.is(answer(project, ['one'], {}, end - week - 1), undefined)
})

test('options that npm took go the whole way, which refuses them', async (t) => {
  const project = await stampedProject(t)
  await bakeAgain(project, 'one')
  const npm = { npm_config_user_agent: 'npm/11.0.0 node/v20.20.2', npm_config_cache: '/x', npm_config_userconfig: '' }
  t.not(answer(project, ['one'], npm), undefined)
  t.is(answer(project, ['one'], { ...npm, npm_config_draft: 'true' }), undefined)
})

test('options that mean something else go the whole way', async (t) => {
  const project = await stampedProject(t)
  await bakeAgain(project, 'one')
  for (const words of [
    ['--draft'],
    ['--refresh'],
    ['--builder', 'chroot'],
    ['--on-error=keep'],
    ['--help'],
    ['--wrong'],
  ])
    t.is(answer(project, ['one', ...words]), undefined, words.join(' '))
  for (const words of [['one', 'one'], ['two'], ['']]) t.is(answer(project, words), undefined, words.join(' '))
})

test('a stamp of another Node, another form, or one cut short is none', async (t) => {
  const project = await stampedProject(t)
  const file = stampPath('one', project, project.environment)
  await bakeAgain(project, 'one')
  const text = fs.readFileSync(file, 'utf8')
  for (const [from, to] of [
    [`"node":"${process.version}"`, '"node":"v1.0.0"'],
    ['"format":1', '"format":0'],
    [text.slice(500), ''],
  ] as const) {
    t.true(text.includes(from))
    fs.writeFileSync(file, text.replace(from, to))
    t.is(answer(project), undefined, to)
  }
  fs.writeFileSync(file, text)
  t.not(answer(project), undefined)
})

test('what was changed a moment before the bake began is in no stamp: a second change could have got the same time', async (t) => {
  const project = await stampedProject(t)
  await bakeAgain(project, 'one', { started: Date.now() + 1500 })
  t.is(answer(project), undefined)
  await bakeAgain(project, 'one')
  t.not(answer(project), undefined)
})

test('what was published a moment before the stamp is in none either', async (t) => {
  const project = await stampedProject(t)
  await bakeAgain(project, 'one', { now: Date.now() + 1000 })
  t.is(answer(project, ['one', '--no-verify']), undefined)
  await bakeAgain(project, 'one')
  t.not(answer(project, ['one', '--no-verify']), undefined)
})

test('nothing is written down of what is not published', async (t) => {
  const project = await stampedProject(t)
  await bakeAgain(project, 'one')
  fs.rmSync(join(project.cache, 'stamps'), { recursive: true })
  fs.rmSync(join(project.out, 'one/one.qcow2'))
  const inputs = seeInputs('one', project, project.environment)
  const box = await loadBox('one', project)
  const plan = await planBox(await renderBox(box, project), { now: Date.now() }, project)
  const told = { text: () => 'up to date', verdict: async () => undefined }
  const times = { started: soon(), now: soon(), environment: project.environment }
  await writeStamp(seeNamed(inputs, box, project), plan, told, project, times)
  t.false(fs.existsSync(join(project.cache, 'stamps')))
})

test.serial('every file and folder that a bake with nothing to do reads is in its stamp', async (t) => {
  const project = await stampedProject(t)
  project.write('provision/50-checks/mine/check.yaml', 'metrics: []\n')
  await bakeAgain(project, 'one')
  const read = new Set<string>()
  const undo: (() => void)[] = []
  const watch = <T extends object>(module: T, names: readonly (keyof T)[]): void => {
    for (const name of names) {
      const real = module[name] as (...words: unknown[]) => unknown
      module[name] = ((...words: unknown[]) => {
        read.add(resolve(String(words[0])))
        return real(...words)
      }) as T[keyof T]
      undo.push(() => {
        module[name] = real as T[keyof T]
      })
    }
  }
  watch(fs, ['readFileSync', 'readdirSync', 'statSync', 'existsSync', 'openSync'])
  watch(promises, ['readFile', 'readdir', 'stat', 'access', 'open'])
  syncBuiltinESMExports()
  try {
    await bakeAgain(project, 'one')
  } finally {
    for (const one of undo) one()
    syncBuiltinESMExports()
  }
  const stamp = JSON.parse(fs.readFileSync(stampPath('one', project, project.environment), 'utf8'))
  const known = new Set([...stamp.inputs, stamp.verified.results].map(([path]) => resolve(project.tool, path)))
  // The folder of the box files is asked whether a name is there, and that file is in the stamp.
  const own = [join(project.root, 'boxes'), join(project.cache, 'stamps')]
  // A name with nothing behind it: should something come there, the nearest folder above changes.
  const nearest = (path: string): string => (fs.existsSync(path) ? path : nearest(join(path, '..')))
  const unknown = [...read]
    .filter((path) => path.startsWith(`${project.tool}/`) && !own.some((folder) => path.startsWith(folder)))
    .filter((path) => !known.has(path) && !known.has(nearest(path)))
  t.true(read.has(join(project.tool, 'provision/90-seal/provision.sh')), 'the reads are seen')
  t.deepEqual(unknown.sort(), [])
})
