import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { guardCommand } from '../../scripts/lib/verify/guard.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

let marks = 0
let words = 0

/** A number of seconds that no other process sleeps for. */
const newWord = (): string => {
  words += 1
  return `${7000 + words}.${process.pid}`
}

/** Processes with this word on their command line, by number. */
const running = (word: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word)
    } catch {
      return false
    }
  })

const gone = async (word: string): Promise<boolean> => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (running(word).length === 0) return true
    await delay(100)
  }
  return false
}

/** A process named as the server's of one connection, whose commands have the connection's variable: the guard and `command`. */
const connection = async (t: ExecutionContext, name: string, command: string): Promise<ChildProcess> => {
  const server = join(await temporaryFolder(t), name)
  symlinkSync('/bin/bash', server)
  marks += 1
  const variables = { PATH: process.env.PATH ?? '', SSH_CONNECTION: `192.0.2.1 ${process.pid} 192.0.2.2 ${marks}` }
  const child = spawn(server, ['-c', 'eval "$GUARD"; eval "$COMMAND" & echo ready; wait'], {
    env: { ...variables, GUARD: guardCommand({ user: 'root' }), COMMAND: command },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  if (child.stdout !== null) await once(child.stdout, 'data')
  return child
}

for (const name of ['sshd', 'sshd-session', 'dropbear'])
  test(`fault 53: what a killed connection of ${name} ran is ended, with what that started and what ignores SIGTERM`, async (t) => {
    const seconds = newWord()
    const other = spawn('sleep', [`${seconds}1`], {
      stdio: 'ignore',
      env: { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 1' },
    })
    t.teardown(() => other.kill('SIGKILL'))
    // The second has lost the variable, as behind sudo; the third ignores what asks politely.
    const child = await connection(
      t,
      name,
      `sleep ${seconds} & sh -c 'env -u SSH_CONNECTION sleep ${seconds}; true' & (trap "" TERM; sleep ${seconds}; sleep ${seconds}) & wait`,
    )
    for (let tries = 0; tries < 200 && running(seconds).length < 3; tries += 1) await delay(20)
    t.is(running(seconds).length, 3)
    child.kill('SIGKILL')
    t.true(await gone(seconds), running(seconds).join(' '))
    t.is(running(`${seconds}1`).length, 1, 'another connection goes on')
  })

test('as long as the connection lives its commands do', async (t) => {
  const seconds = newWord()
  const child = await connection(t, 'sshd', `sleep ${seconds}`)
  await delay(2500)
  t.true(running(seconds).length > 0)
  child.kill('SIGKILL')
  t.true(await gone(seconds))
})

test('outside of a connection there is nothing to guard', async (t) => {
  const child = spawn('setsid', ['sh', '-c', guardCommand({ user: 'root' })], { stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  t.is(code, 0)
})

test('another user guards by sudo', (t) => {
  t.regex(guardCommand({ user: 'admin' }), /^sudo -n -- sh -c /)
})
