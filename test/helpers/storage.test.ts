import { spawnSync } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { storageError } from '../../scripts/lib/_helpers/storage.ts'
import { temporaryFolder } from './_folder.ts'

const verbs = fileURLToPath(new URL('../../scripts/_run.mjs', import.meta.url))

/** Runs a verb under a umask, with this store and this output folder. */
const verb = (words: readonly string[], cache: string, out: string, umask = '022') =>
  spawnSync('bash', ['-c', `umask ${umask}; exec "$@"`, 'run', process.execPath, verbs, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, BOXHOUND_CACHE: cache, BOXHOUND_OUT: out },
  })

const errno = (code: string): Error => Object.assign(new Error(`${code}: …`), { code, path: '/store/x' })

test('fault 71: what the operating system refuses is one message with exit code 3', (t) => {
  for (const code of ['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EDQUOT', 'EEXIST']) {
    const error = storageError(errno(code))
    t.true(error instanceof BoxhoundError && error.exitCode === 3, code)
    t.regex(
      formatError(error),
      new RegExp(`^/store/x: cannot write to or read from a path on this machine\\n[\\s\\S]*\\(${code}\\)\\n  next: `),
    )
  }
  const other = errno('ECONNRESET')
  t.is(storageError(other), other)
  t.is(storageError('text'), 'text')
})

const places = (t: ExecutionContext): Promise<string> => temporaryFolder(t)

test('fault 71: a store or a folder for results that is a file ends a verb with 3, without a stack', async (t) => {
  const folder = await places(t)
  writeFileSync(join(folder, 'file'), '')
  const prune = verb(['cache', 'prune'], join(folder, 'file'), join(folder, 'out'))
  t.is(prune.status, 3, prune.stderr)
  t.regex(prune.stderr, /cannot write to or read from a path on this machine/)
  t.notRegex(prune.stderr, /^ {4}at /m)
  const render = verb(['render', 'lab', '--out', join(folder, 'file', 'out')], join(folder, 'c'), join(folder, 'o'))
  t.true([2, 3].includes(render.status ?? 0), render.stderr)
  t.notRegex(render.stderr, /^ {4}at /m)
})

test('fault 74: modes are the same under every umask', async (t) => {
  const folder = await places(t)
  const modes = ['000', '022', '077'].map((umask) => {
    const [cache, out] = [join(folder, umask, 'cache'), join(folder, umask, 'rendered')]
    mkdirSync(join(folder, umask))
    const pruned = verb(['cache', 'prune'], cache, out, umask)
    t.is(pruned.status, 0, pruned.stderr)
    const rendered = verb(['render', 'lab', '--out', out], cache, out, umask)
    t.is(rendered.status, 0, rendered.stderr)
    return [cache, join(cache, 'locks'), join(cache, 'locks/prune-gate'), out].map(
      (path) => statSync(path).mode & 0o777,
    )
  })
  t.deepEqual(modes, [modes[1], modes[1], modes[1]])
  t.deepEqual(modes[1], [0o755, 0o755, 0o644, 0o755])
})

test('fault 71: a store on a read-only file system ends a verb with 3, though Node says that the folder is not there', async (t) => {
  const folder = await places(t)
  const mounted = 'mount -t tmpfs -o ro none "$0" && exec "$@"'
  const { status, stderr } = spawnSync(
    'unshare',
    ['--mount', 'sh', '-c', mounted, folder, process.execPath, verbs, 'bake', 'lab', '--draft'],
    {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: process.env.HOME, BOXHOUND_CACHE: join(folder, 'store') },
    },
  )
  t.is(status, 3, stderr)
  t.regex(stderr, /read-only \(EROFS\)/)
  t.notRegex(stderr, /^\s+at /m)
})
