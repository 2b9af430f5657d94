import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { ownHolder } from '../../scripts/lib/_helpers/holder.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { clearDeadRuns } from '../../scripts/lib/cache/leftovers.ts'
import { takeLock, withLock } from '../../scripts/lib/cache/lock.ts'
import { startScript } from '../helpers/_child.ts'
import { emptyProject } from './_store.ts'

const lockFile = (project: Project, name = 'box-lab'): string => join(project.cache, 'locks', `${name}.json`)

/** A lock whose holder is no more: the number is in use again, by this process, which started at another time. */
const deadLock = async (project: Project, name = 'box-lab'): Promise<void> => {
  await mkdir(join(project.cache, 'locks'), { recursive: true })
  await writeFile(lockFile(project, name), JSON.stringify({ ...ownHolder('bake lab'), started: '1' }))
}

test('fault 27: the second taker is refused and told who holds it and how to end that', async (t) => {
  const project = await emptyProject(t)
  const lock = await takeLock('box-lab', 'bake lab', project)
  const error = await t.throwsAsync(takeLock('box-lab', 'bake lab', project), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_LOCKED')
  t.is(error.exitCode, 1)
  const text = formatError(error)
  for (const part of ['"box-lab"', `process ${process.pid}, "bake lab", since 20`, `kill ${process.pid}`])
    t.true(text.includes(part), text)
  t.deepEqual(await readdir(join(project.cache, 'locks')), ['box-lab.json'])
  await lock.release()
  t.deepEqual(await readdir(join(project.cache, 'locks')), [])
})

test('fault 27: another box’s lock is free, and a released one too', async (t) => {
  const project = await emptyProject(t)
  const lab = await takeLock('box-lab', 'bake lab', project)
  const other = await takeLock('box-ubuntu', 'bake ubuntu', project)
  await lab.release()
  const again = await takeLock('box-lab', 'bake lab', project)
  t.is(again.stale, undefined)
  for (const { release } of [other, again]) await release()
})

test('a dead holder’s lock is taken over, and it is told whose it was', async (t) => {
  const project = await emptyProject(t)
  await deadLock(project)
  const { stale, release } = await takeLock('box-lab', 'bake lab', project)
  t.is(stale?.started, '1')
  t.is(JSON.parse(await readFile(lockFile(project), 'utf8')).started, ownHolder('').started)
  await release()
  t.deepEqual(await readdir(join(project.cache, 'locks')), [])
})

test('a lock of an earlier boot is taken over, though a process with that number and start runs', async (t) => {
  const project = await emptyProject(t)
  await mkdir(join(project.cache, 'locks'), { recursive: true })
  await writeFile(lockFile(project), JSON.stringify({ ...ownHolder('bake lab'), bootId: 'of yesterday' }))
  t.is((await takeLock('box-lab', 'bake lab', project)).stale?.bootId, 'of yesterday')
})

test('a lock is taken over also when who was about to do so died at it', async (t) => {
  const project = await emptyProject(t)
  await deadLock(project)
  await deadLock(project, `box-lab.${process.pid}-1`)
  const { release } = await takeLock('box-lab', 'bake lab', project)
  await release()
  t.deepEqual(await readdir(join(project.cache, 'locks')), [])
})

test('fault 70: an empty or cut lock that nobody holds is taken over and told', async (t) => {
  const project = await emptyProject(t)
  await mkdir(join(project.cache, 'locks'), { recursive: true })
  for (const text of ['', '{"pid":', 'null', '{}', '\0\0\0']) {
    await writeFile(lockFile(project), text)
    const { stale, note, release } = await takeLock('box-lab', 'bake lab', project)
    t.is(stale, undefined)
    t.is(note, 'took over the lock "box-lab", which was damaged and not held')
    await release()
    t.deepEqual(await readdir(join(project.cache, 'locks')), [])
  }
})

test('a damaged lock that somebody holds is an error that names its file', async (t) => {
  const project = await emptyProject(t)
  const { release } = await takeLock('box-lab', 'bake lab', project)
  await truncate(lockFile(project))
  const error = await t.throwsAsync(takeLock('box-lab', 'bake lab', project), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_LOCK_UNREADABLE')
  t.is(error.details.file, lockFile(project))
  await release()
})

// PID namespaces need root, as a bake does.
const rooted = process.getuid?.() === 0 ? test : test.skip

rooted(
  'fault 51: two processes in PID namespaces of their own don’t take each other’s lock, nor clear each other’s work',
  async (t) => {
    const project = await emptyProject(t)
    const namespaces = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--']
    const script = new URL('./_elsewhere.ts', import.meta.url)
    const holder = startScript(t, script, [project.cache, 'hold'], namespaces)
    await holder.says('held')
    const other = startScript(t, script, [project.cache, 'take'], namespaces)
    t.is((await other.ended).code, 0, other.output())
    t.regex(other.output(), /E_LOCKED process \d+, "bake lab", since \S+ in another PID namespace\n/)
    t.regex(other.output(), /cleared: 0\n/)
    // Seen from outside as well.
    t.deepEqual(await clearDeadRuns(project), [])
    await t.throwsAsync(takeLock('box-lab', 'bake lab', project), { message: /another run holds the lock/ })
    t.deepEqual((await readdir(join(project.cache, 'layers'))).length, 1)
    holder.child.kill('SIGKILL')
    await holder.ended
    const again = startScript(t, script, [project.cache, 'take'], namespaces)
    t.is((await again.ended).code, 0, again.output())
    t.regex(again.output(), /taken\n/)
    t.regex(again.output(), /cleared: 1\n/)
  },
)

test('a lock around work is released when the work ends and when it fails', async (t) => {
  const project = await emptyProject(t)
  const held = await withLock('prune', 'cache prune', project, () => readdir(join(project.cache, 'locks')))
  t.deepEqual(held, ['prune.json'])
  await t.throwsAsync(withLock('prune', 'cache prune', project, () => Promise.reject(new Error('work'))))
  t.deepEqual(await readdir(join(project.cache, 'locks')), [])
})

test('of many processes that meet a dead holder’s lock one at a time has it, over and over', async (t) => {
  const project = await emptyProject(t)
  const log = join(project.tool, 'log')
  await deadLock(project)
  const takers = [1, 2, 3, 4, 5].map(() =>
    startScript(t, new URL('./_taker.ts', import.meta.url), [project.cache, log, JSON.stringify(ownHolder('dead'))]),
  )
  await Promise.all(takers.map(({ says }) => says('ready')))
  await writeFile(join(project.cache, 'go'), '')
  for (const taker of takers) t.is((await taker.ended).code, 0, taker.output())
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n')
  t.true(lines.length >= 2 * 5, 'each has had it at least once or met another')
  let holder: string | undefined
  for (const line of lines) {
    if (line.startsWith('+')) {
      t.is(holder, undefined, lines.join(' '))
      holder = line.slice(1)
    } else {
      t.is(line, `-${holder}`, lines.join(' '))
      holder = undefined
    }
  }
})
