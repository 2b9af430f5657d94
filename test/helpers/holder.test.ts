import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { holderSchema, holderText, isAlive, ownHolder, startOf } from '../../scripts/lib/_helpers/holder.ts'
import { holdFile } from '../../scripts/lib/_helpers/kernel-lock.ts'
import { temporaryFolder } from './_folder.ts'

const file = '/nonexistent/holder.json'

test('this process is alive, and its record survives the way through JSON', async (t) => {
  const holder = holderSchema.parse(JSON.parse(JSON.stringify(ownHolder('bake lab'))))
  t.is(holder.verb, 'bake lab')
  t.is(holder.pid, process.pid)
  t.true(await isAlive(holder, file))
})

test('fault 27: another process that got the number is not the holder', async (t) => {
  t.false(await isAlive({ ...ownHolder('bake'), started: '1' }, file))
})

test('a holder of an earlier boot is dead', async (t) => {
  t.false(await isAlive({ ...ownHolder('bake'), bootId: '00000000-0000-0000-0000-000000000000' }, file))
})

test('a process is dead as soon as it has ended, its zombie too', async (t) => {
  // bash starts a child, becomes sleep and so never waits for it: the child stays a zombie.
  const parent = spawn('bash', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  t.teardown(() => parent.kill('SIGKILL'))
  const [line] = await once(parent.stdout, 'data')
  const zombie = Number(String(line))
  for (let tries = 0; tries < 200 && startOf(zombie) !== undefined; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  t.is(startOf(zombie), undefined)
  t.notThrows(() => process.kill(zombie, 0), 'the zombie still has its number')
})

test('the start time is read past a command name with brackets and spaces', async (t) => {
  const child = spawn('bash', ['-c', 'printf "a) R (b" >/proc/self/comm; cat /proc/$$/stat; read -r'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [stat] = await once(child.stdout, 'data')
  const pid = child.pid ?? 0
  t.true(String(stat).startsWith(`${pid} (a) R (b) `))
  t.is(startOf(pid), String(stat).split(') ').at(-1)?.split(' ')[19])
})

test('fault 51: a holder elsewhere is alive unless its kernel lets its file go', async (t) => {
  const folder = await temporaryFolder(t)
  const held = join(folder, 'holder.json')
  await writeFile(held, '')
  const elsewhere = { ...ownHolder('bake'), pid: 999_999_999, namespace: 'pid:[1]' }
  t.false(await isAlive(elsewhere, held))
  const hold = await holdFile(held)
  t.true(await isAlive(elsewhere, held))
  hold?.release()
  t.false(await isAlive(elsewhere, held))
  t.true(await isAlive(elsewhere, join(folder, 'absent')), 'what cannot be told counts as alive')
})

test('fault 51: of another boot on a local disk nobody is alive, under whatever name', async (t) => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'holder.json')
  await writeFile(file, '')
  t.false(await isAlive({ ...ownHolder('bake'), bootId: 'another', host: 'another' }, file))
})

test('a holder is told with the place where it runs', (t) => {
  t.regex(holderText(ownHolder('bake lab')), /^process \d+, "bake lab", since 20\S+$/)
  t.regex(holderText({ ...ownHolder('bake'), namespace: 'pid:[1]' }), / in another PID namespace$/)
  t.regex(holderText({ ...ownHolder('bake'), bootId: 'x', host: 'builder-2/1234' }), / on builder-2\/1234$/)
})
