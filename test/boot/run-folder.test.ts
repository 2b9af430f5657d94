import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { identify, isRunning } from '../../scripts/lib/boot/process.ts'
import { clearLeftovers, createRunFolder } from '../../scripts/lib/boot/run-folder.ts'

test('fault 26: a killed run’s machine and folder are cleared, a living run’s are not', async (t) => {
  const cache = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(cache, { recursive: true }))
  const mine = await createRunFolder(cache)
  const machine = spawn('sleep', ['60'])
  t.teardown(() => machine.kill('SIGKILL'))
  await once(machine, 'spawn')
  const identity = identify(machine.pid ?? 0)
  const dead = join(cache, 'machines', '.run-999999999-abcdef')
  await mkdir(dead, { recursive: true })
  await writeFile(
    join(dead, 'owner.json'),
    JSON.stringify({ owner: { pid: 999999999, started: '5' }, machine: identity }),
  )
  t.deepEqual(await clearLeftovers(cache), [dead])
  t.false(isRunning(identity))
  t.deepEqual(await readdir(join(cache, 'machines')), [mine.path.slice(mine.path.lastIndexOf('/') + 1)])
  await mine.remove()
  t.deepEqual(await readdir(join(cache, 'machines')), [])
})

test('a folder that its living maker has not marked yet is left alone', async (t) => {
  const cache = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(cache, { recursive: true }))
  await mkdir(join(cache, 'machines', `.run-${process.pid}-abcdef`), { recursive: true })
  t.deepEqual(await clearLeftovers(cache), [])
})

test('fault 70: a dead run’s folder whose owner.json is cut, empty or foreign is cleared', async (t) => {
  const cache = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(cache, { recursive: true }))
  for (const text of ['', '{"owner":', 'null', '{}', '[1]']) {
    const dead = join(cache, 'machines', '.run-999999999-abcdef')
    await mkdir(dead, { recursive: true })
    await writeFile(join(dead, 'owner.json'), text)
    t.deepEqual(await clearLeftovers(cache), [dead], text)
  }
})
