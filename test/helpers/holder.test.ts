import { spawn } from 'node:child_process'
import { once } from 'node:events'
import test from 'ava'
import { holderSchema, isAlive, ownHolder, startOf } from '../../scripts/lib/_helpers/holder.ts'

test('this process is alive, and its record survives the way through JSON', (t) => {
  const holder = holderSchema.parse(JSON.parse(JSON.stringify(ownHolder('bake lab'))))
  t.is(holder.verb, 'bake lab')
  t.is(holder.pid, process.pid)
  t.true(isAlive(holder))
})

test('fault 27: another process that got the number is not the holder', (t) => {
  t.false(isAlive({ ...ownHolder('bake'), started: '1' }))
})

test('a holder of an earlier boot is dead', (t) => {
  t.false(isAlive({ ...ownHolder('bake'), bootId: '00000000-0000-0000-0000-000000000000' }))
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
