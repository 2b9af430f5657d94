import { execFile, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { startServer } from '../verify/_server.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const call = promisify(execFile)

/** The files of the project, as somebody who clones it has them, and nothing installed. */
const copyProject = (t: ExecutionContext): string => {
  const root = mkdtempSync(join(tmpdir(), 'boxhound-machine-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { stdout } = spawnSync('git', words, { cwd: repository, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })
  const files = stdout.split('\0').filter((name) => name !== '' && existsSync(join(repository, name)))
  t.true(files.includes('package-lock.json'))
  for (const name of files) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    cpSync(join(repository, name), join(root, name), { verbatimSymlinks: true })
  }
  return root
}

const record = {
  schema: 1,
  box: 'lab',
  version: '1.0.0',
  state: 'done',
  started: '2026-11-20T10:00:00Z',
  finished: '2026-11-20T10:00:09Z',
  bootId: '8f8c1f0e-5a06-4b0c-8d6e-0f5d7f6b8a11',
  steps: [{ name: 'early/10-machine-id', status: 'done', seconds: 0.1, message: 'made' }],
}

test('without the tools of development every verb starts, and the suite judges a machine', async (t) => {
  t.timeout(280_000)
  const root = copyProject(t)
  await call('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], { cwd: root })
  for (const name of ['tsx', 'typescript', '@biomejs/biome', 'fast-check'])
    t.false(existsSync(join(root, 'node_modules', name)), name)

  const verb = (...words: string[]) => call(process.execPath, ['scripts/_run.mjs', ...words], { cwd: root })
  const usage = await verb().catch(({ stderr }: { stderr: string }) => ({ stderr }))
  const verbs = [...usage.stderr.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name = '']) => name)
  t.true(verbs.includes('verify') && verbs.includes('observe'))
  for (const name of verbs) t.regex((await verb(name, '--help')).stdout, /Usage: npm /, name)

  const { target } = await startServer(t, (channel) => {
    channel.write(JSON.stringify(record))
    channel.exit(0)
    channel.end()
  })
  const machine = [
    '--host',
    target.host,
    '--port',
    String(target.port),
    '--key',
    target.key,
    '--host-key',
    target.hostKey,
  ]
  const { stdout } = await verb('verify', 'lab', ...machine, '--only', 'first-boot', '--out', join(root, 'out'))
  t.regex(stdout, /^1 passed, 0 failed$/m)
})
