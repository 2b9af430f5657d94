import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { boxhoundVersion } from '../../scripts/lib/_helpers/version.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { readChoices } from '../../scripts/lib/init/choices.ts'
import { answering, folderWith, start, stateOf, textOf, tool, treeOf } from './_init.ts'

test('each written file can be read in its language', async (t) => {
  const folder = await folderWith(t)
  const { box, files } = await start(folder)
  t.is(box, 'machines')
  t.true(files.every(({ state }) => state === 'written'))
  const tree = treeOf(folder)
  t.deepEqual(Object.keys(tree).toSorted(), files.map(({ path }) => path).toSorted())
  for (const [path, text] of Object.entries(tree)) {
    t.regex(text, /[^\n]\n$/, path)
    if (path.endsWith('.json')) t.notThrows(() => JSON.parse(text), path)
    if (/\.ya?ml$/.test(path)) t.notThrows(() => parse(text), path)
    const check = path.endsWith('.py')
      ? ['python3', '-c', 'import ast, sys; ast.parse(sys.stdin.read())']
      : path === 'Vagrantfile'
        ? ['ruby', '-c']
        : ['true']
    const [program = '', ...words] = check
    const { status, stderr } = spawnSync(program, words, { input: text, encoding: 'utf8' })
    t.is(status, 0, `${path}: ${stderr}`)
  }
  t.is(textOf(folder, 'Vagrantfile').trimEnd().split('\n').length, 3)
})

test('every system with every database and app gives a box that loads, or is refused before anything is written', async (t) => {
  t.timeout(60_000)
  const { starts, databases, apps } = await readChoices(tool)
  t.is(starts[0]?.system, 'lab')
  t.true(starts.some(({ system }) => system.startsWith('ubuntu')))
  let written = 0
  for (const { system } of starts)
    for (const [database, app] of [...databases.map((name) => [name, 'none']), ...apps.map((name) => ['none', name])]) {
      const folder = await folderWith(t)
      const given = { system, database: database ?? '', app: app ?? '', name: 'web' }
      const started = await start(folder, given).catch((error: unknown) => error)
      if (started instanceof BoxhoundError) {
        t.is(started.exitCode, 2)
        t.deepEqual(treeOf(folder), {}, `${system} ${database} ${app}`)
        continue
      }
      written += 1
      const box = await loadBox('web', projectAt(folder, {}, tool))
      t.deepEqual([box.database?.engine ?? 'none', box.base.system.name.length > 0], [database, true])
      t.is(box.app === null ? 'none' : app, app)
      t.deepEqual(
        box.checks.map(({ folder: own }) => own),
        [join(folder, 'boxes/checks/open_files')],
      )
    }
  t.true(written >= 8, `${written}`)
})

test('package.json pins this boxhound and has no install script; the box asks for it or a later one', async (t) => {
  const folder = await folderWith(t)
  await start(folder)
  const { devDependencies, scripts, private: own } = JSON.parse(textOf(folder, 'package.json'))
  // From a checkout, which no registry has.
  t.regex(devDependencies.boxhound, /^file:\.\./)
  t.true(own)
  t.false(Object.keys(scripts).some((name) => /install|prepare/.test(name)))
  t.is(parse(textOf(folder, 'boxes/machines.yaml')).boxhound, `>=${boxhoundVersion}`)
})

test('the workflow bakes, verifies, caches the store, and keeps report and JUnit', async (t) => {
  const folder = await folderWith(t)
  await start(folder)
  const { on, permissions, jobs } = parse(textOf(folder, '.github/workflows/boxhound.yml'))
  t.deepEqual(Object.keys(on), ['push', 'pull_request', 'schedule'])
  t.deepEqual(permissions, { contents: 'read' })
  const steps: { uses?: string; run?: string; with?: Record<string, unknown>; if?: string }[] = jobs.bake.steps
  for (const { uses } of steps) if (uses !== undefined) t.regex(uses, /^actions\/[a-z-]+@v\d+$/)
  const text = steps.map(({ run = '' }) => run).join('\n')
  t.regex(text, /boxhound bake --all --no-verify/)
  t.regex(text, /boxhound verify/)
  t.is(steps.find(({ uses }) => uses?.startsWith('actions/cache@'))?.with?.path, '.boxhound')
  const upload = steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'))
  t.is(upload?.if, 'always()')
  for (const name of ['report.html', 'junit.xml']) t.regex(String(upload?.with?.path), new RegExp(name))
})

test('a second init changes nothing', async (t) => {
  const folder = await folderWith(t)
  await start(folder)
  const before = treeOf(folder)
  const { files } = await start(folder)
  t.true(files.every(({ state }) => state === 'unchanged'))
  t.deepEqual(treeOf(folder), before)
})

test('files that exist are kept without a yes, whatever else is written', async (t) => {
  const own = { Vagrantfile: '# mine\n', '.gitignore': 'secret\n', 'package.json': '{"name":"mine"}' }
  const folder = await folderWith(t, own)
  const started = await start(folder)
  for (const [path, text] of Object.entries(own)) {
    t.is(stateOf(started, path), 'kept')
    t.is(textOf(folder, path), text)
  }
  t.is(stateOf(started, 'boxes/machines.yaml'), 'written')
})

test('a yes replaces or extends a file, a no keeps it', async (t) => {
  const folder = await folderWith(t, {
    Vagrantfile: '# mine\n',
    '.gitignore': '/out\nsecret',
    'package.json': '{\n    "name": "mine",\n    "devDependencies": { "tap": "1.0.0" }\n}\n',
  })
  const ask = answering('', '', '', '', 'y', 'y', 'n')
  const started = await start(folder, {}, { ask })
  t.deepEqual(
    ['package.json', '.gitignore', 'Vagrantfile'].map((path) => stateOf(started, path)),
    ['extended', 'extended', 'kept'],
  )
  t.is(textOf(folder, '.gitignore'), '/out\nsecret\nnode_modules/\n.vagrant/\n__pycache__/\n.pytest_cache/\n')
  const merged = JSON.parse(textOf(folder, 'package.json'))
  t.deepEqual(Object.keys(merged.devDependencies), ['tap', 'boxhound'])
  t.deepEqual([merged.name, merged.scripts], ['mine', undefined])
  t.regex(textOf(folder, 'package.json'), /^\{\n {4}"name"/)
  t.is(ask.asked.length, 7)
})

test('--overwrite is a yes to all of them', async (t) => {
  const folder = await folderWith(t, { Vagrantfile: '# mine\n' })
  t.is(stateOf(await start(folder, {}, { overwrite: true }), 'Vagrantfile'), 'replaced')
  t.regex(textOf(folder, 'Vagrantfile'), /node_modules\/boxhound/)
})

test('a package.json that depends on boxhound already is left as it is', async (t) => {
  const text = '{"dependencies":{"boxhound":"file:boxhound-0.1.0.tgz"}}'
  const folder = await folderWith(t, { 'package.json': text })
  t.is(stateOf(await start(folder, {}, { overwrite: true }), 'package.json'), 'unchanged')
  t.is(textOf(folder, 'package.json'), text)
})

for (const text of ['{', '[]', '"x"', ''])
  test(`a package.json that is ${JSON.stringify(text)} is refused before anything is written`, async (t) => {
    const folder = await folderWith(t, { 'package.json': text })
    const error = await t.throwsAsync(start(folder), { instanceOf: BoxhoundError, code: 'E_INIT' })
    t.is(error.exitCode, 2)
    t.deepEqual(treeOf(folder), { 'package.json': text })
  })

test('something else where a file or a folder goes is refused before anything is written', async (t) => {
  const file = await folderWith(t, { boxes: 'a file' })
  await t.throwsAsync(start(file), { code: 'E_INIT', message: /boxes/ })
  t.deepEqual(treeOf(file), { boxes: 'a file' })
  const folder = await folderWith(t)
  mkdirSync(join(folder, 'Vagrantfile'))
  await t.throwsAsync(start(folder), { code: 'E_INIT', message: /Vagrantfile/ })
  t.deepEqual(treeOf(folder), {})
  const target = join(await folderWith(t, { repository: '' }), 'repository')
  await t.throwsAsync(start(target), { code: 'E_INIT' })
})

test('a link that exists is not followed', async (t) => {
  const outside = await folderWith(t, { mine: 'mine\n' })
  const folder = await folderWith(t)
  symlinkSync(join(outside, 'mine'), join(folder, 'Vagrantfile'))
  t.is(stateOf(await start(folder), 'Vagrantfile'), 'kept')
  await start(folder, {}, { overwrite: true })
  t.is(textOf(outside, 'mine'), 'mine\n')
})

test('boxhound’s own folder is no place for it', async (t) => {
  for (const folder of [tool, join(tool, 'machines')])
    await t.throwsAsync(start(folder), { instanceOf: BoxhoundError, code: 'E_USAGE' })
})
