import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type Answers, type Mirror, packages, packagesPath, release, startMirror } from './_mirror.ts'
import { type TinyProject, tinyProject, write } from './_project.ts'
import { bake, type Ended } from './_run.ts'
import { tracesOf } from './_traces.ts'

/** Bakes a box whose agent layer wants a package from a mirror. */
const bakeFrom = async (
  t: ExecutionContext,
  answers: Answers,
): Promise<{ mirror: Mirror; ended: Ended; project: TinyProject; log: string }> => {
  const project = await tinyProject(t)
  const mirror = await startMirror(t, answers)
  write(
    'provision/10-base/root/etc/apt/sources.list.d/tiny.list',
    `deb [trusted=yes arch=amd64] ${mirror.url} tiny main\n`,
    project,
  )
  write('provision/20-agent/layer.yaml', 'packages: [wanted]\n', project)
  const ended = await bake(project, 'one', [], { BOXHOUND_APT_TIMEOUT: '1' })
  t.is(ended.code, 1, ended.stdout)
  t.deepEqual(tracesOf(project), [])
  return { mirror, ended, project, log: readFileSync(join(project.out, 'one/logs/agent.log'), 'utf8') }
}

test('fault 36: a mirror that hangs is given up after its deadline, and named', async (t) => {
  const { mirror, ended } = await bakeFrom(t, () => 'hang')
  t.true(ended.stderr.includes(mirror.url), ended.stderr)
  t.regex(ended.stderr, /each had 1 s per answer/)
  t.true(mirror.requests.length <= 12, `${mirror.requests.length} requests`)
})

test('fault 35: a mirror without what it should have is named, after a bounded number of tries', async (t) => {
  const { mirror, ended, log } = await bakeFrom(t, (path) =>
    path === 'dists/tiny/Release' ? release(packages) : undefined,
  )
  t.true(ended.stderr.includes(mirror.url), ended.stderr)
  t.regex(ended.stderr, /404/)
  t.regex(log, /once more from nothing/)
  t.true(mirror.requests.filter((path) => path === packagesPath).length <= 6, mirror.requests.join(' '))
})

test('fault 35: lists that never fit their Release file are an error that names the mirror', async (t) => {
  const { mirror, ended, log, project } = await bakeFrom(t, (path) => {
    if (path === 'dists/tiny/Release') return release(packages)
    return path === packagesPath ? packages.replace('1.0', '6.6') : undefined
  })
  t.true(ended.stderr.includes(mirror.url), ended.stderr)
  t.regex(ended.stderr, /Hash Sum mismatch/)
  t.is(log.split('once more from nothing').length, 2, 'started anew once')
  const [base = ''] = readdirSync(join(project.cache, 'apt'))
  const old = join(project.cache, 'apt', base, 'lists', 'an_old_list')
  writeFileSync(old, '')
  t.is((await bake(project, 'one', [], { BOXHOUND_APT_TIMEOUT: '1' })).code, 1)
  t.false(existsSync(old), 'started anew without old lists')
})

test('fault 35: lists that did not fit for a moment are fetched anew, from nothing, and used', async (t) => {
  const { log, mirror } = await bakeFrom(t, (path, turn) => {
    if (path === 'dists/tiny/Release') return release(packages)
    if (path !== packagesPath) return undefined
    return turn === 1 ? packages.replace('1.0', '6.6') : packages
  })
  t.regex(log, /Hash Sum mismatch/)
  t.is(log.split('once more from nothing').length, 2)
  // This far, and no further, for want of a real package.
  t.regex(log, /Unable to locate package wanted/)
  t.true(mirror.requests.filter((path) => path === 'dists/tiny/Release').length >= 2)
})

test('fault 34: apt waits for another’s lock, and nothing fetches packages by itself on a machine of the lab', (t) => {
  t.regex(readFileSync('provision/_engine/apt/packages.sh', 'utf8'), /-o DPkg::Lock::Timeout=\d+ /)
  t.regex(readFileSync('scripts/lib/setup/install.ts', 'utf8'), /'DPkg::Lock::Timeout=\d+'/)
  const masked = readFileSync('lab/base/masked-units.txt', 'utf8')
  for (const unit of ['apt-daily.timer', 'apt-daily-upgrade.timer']) t.true(masked.includes(unit), unit)
})
