import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { temporaryFolder } from './render/_render.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The verb in a folder of its own, which is the user's, and boxhound's too unless `tool` says otherwise. */
const runWith = (tool: string, cwd: string, ...argv: string[]) =>
  spawnSync(
    process.execPath,
    [
      '--import',
      join(root, 'node_modules/tsx/dist/loader.mjs'),
      '--input-type=module',
      '--eval',
      `import { run } from ${JSON.stringify(join(root, 'scripts/_main.ts'))}; process.exitCode = await run(${JSON.stringify(['schema', ...argv])}, ${JSON.stringify({ tool, root: cwd })})`,
    ],
    { cwd, encoding: 'utf8' },
  )

const run = (cwd: string, ...argv: string[]) => runWith(cwd, cwd, ...argv)

test('schema --check fails on a stale file, schema mends it', (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'boxes/box.schema.json')
  mkdirSync(join(folder, 'boxes'))
  mkdirSync(join(folder, 'guide'))
  writeFileSync(file, '{}\n')
  const stale = run(folder, '--check')
  t.is(stale.status, 1)
  t.regex(stale.stderr, /stale[\s\S]*npm run schema/)
  t.is(readFileSync(file, 'utf8'), '{}\n', 'a check writes nothing')
  t.is(run(folder).status, 0)
  t.is(run(folder, '--check').status, 0)
  t.is(readFileSync(file, 'utf8'), readFileSync(join(root, 'boxes/box.schema.json'), 'utf8'))
})

test('schema --json prints one document', (t) => {
  const folder = temporaryFolder(t)
  const files = ['boxes/box.schema.json', 'guide/box-file.md']
  for (const file of files) {
    mkdirSync(join(folder, dirname(file)))
    copyFileSync(join(root, file), join(folder, file))
  }
  t.deepEqual(JSON.parse(run(folder, '--json').stdout), { files: files.map((file) => ({ file, stale: false })) })
})

test('in a repository of one’s own the schema is written, and no page of boxhound’s guide', (t) => {
  const folder = temporaryFolder(t)
  t.is(runWith(root, folder).status, 0)
  t.deepEqual(readdirSync(folder), ['boxes'])
  t.is(
    readFileSync(join(folder, 'boxes/box.schema.json'), 'utf8'),
    readFileSync(join(root, 'boxes/box.schema.json'), 'utf8'),
  )
})
