import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { killSandboxes, type Sandbox, startSandbox, withOwnSandboxes } from '../../scripts/lib/_helpers/sandbox.ts'
import { startScript } from './_child.ts'
import { temporaryFolder } from './_folder.ts'

// Namespaces need root, as a bake does.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

const environment = { PATH: process.env.PATH ?? '' }

/** Processes that carry a word of this test's own in their command line. */
const processesWith = (marker: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(marker)
      } catch {
        return false
      }
    })
    .map(Number)

let markers = 0
const newMarker = (): string => `${3600 + markers++}.${process.pid}`

const start = async (t: ExecutionContext, script: string): Promise<Sandbox> => {
  const sandbox = startSandbox(['bash', '-c', script], { cwd: '/', environment, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(sandbox.kill)
  if (sandbox.child.stdout !== null) await once(sandbox.child.stdout, 'data')
  return sandbox
}

rooted('a command runs as process 1 of a namespace and its status is handed on', async (t) => {
  const sandbox = startSandbox(['bash', '-c', 'echo $$; exit 7'], {
    cwd: '/',
    environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = sandbox.child.stdout === null ? [] : await once(sandbox.child.stdout, 'data')
  t.is(String(output), '1\n')
  t.is(await sandbox.ended, 7)
})

rooted('fault 28: a child that ignores SIGTERM, and its children, are gone when kill returns', async (t) => {
  const folder = await temporaryFolder(t)
  for (let turn = 0; turn < 10; turn++) {
    const [marker, ready] = [newMarker(), join(folder, `${turn}`)]
    // Many, one in a session of its own, as a daemon is, and one whose parent has ended. No pipe: its end would be waited for as well.
    const script = `trap '' TERM INT HUP
      setsid sleep ${marker} & (sleep ${marker} &); for n in {1..30}; do sleep ${marker} & done
      : >${ready}; while :; do sleep ${marker}; done`
    const sandbox = startSandbox(['bash', '-c', script], {
      cwd: '/',
      environment,
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    t.teardown(sandbox.kill)
    while (!existsSync(ready) || processesWith(marker).length < 33) await delay(5)
    await sandbox.kill()
    t.deepEqual(processesWith(marker), [])
  }
})

rooted('all sandboxes end together, and ending them again does no harm', async (t) => {
  const marker = newMarker()
  await Promise.all([1, 2, 3].map(() => start(t, `echo ready; sleep ${marker}`)))
  await killSandboxes()
  t.deepEqual(processesWith(marker), [])
  await killSandboxes()
})

rooted(
  'work with sandboxes of its own ends those and no other; a clean-up of it does too, whoever runs it',
  async (t) => {
    const [mine, other] = [newMarker(), newMarker()]
    await start(t, `echo ready; sleep ${other}`)
    await withOwnSandboxes(async () => {
      await start(t, `echo ready; sleep ${mine}`)
      await killSandboxes()
    })
    t.deepEqual(processesWith(mine), [])
    t.true(processesWith(other).length > 0)
    await killSandboxes()
    t.deepEqual(processesWith(other), [])
  },
)

rooted('a sandbox that is killed before its command has started ends too', async (t) => {
  const marker = newMarker()
  const sandbox = startSandbox(['sleep', marker], { cwd: '/', environment, stdio: ['ignore', 'ignore', 'ignore'] })
  await sandbox.kill()
  await delay(100)
  t.deepEqual(processesWith(marker), [])
})

rooted('fault 26: SIGKILL of its parent ends everything in it', async (t) => {
  const marker = newMarker()
  const { child, says } = startScript(t, new URL('./_sandboxed.ts', import.meta.url), [marker])
  await says('ready')
  t.true(processesWith(marker).length > 0)
  child.kill('SIGKILL')
  // On a machine busy with other tests the kernel was seen to take more than 5 s.
  for (let tries = 0; tries < 3000 && processesWith(marker).length > 0; tries++) await delay(10)
  t.deepEqual(processesWith(marker), [])
})

rooted('mounts made inside are not seen outside', async (t) => {
  const sandbox = await start(
    t,
    'mount -t tmpfs boxhound-test-mount /mnt && grep -c boxhound-test-mount /proc/self/mounts',
  )
  t.notRegex(readFileSync('/proc/self/mounts', 'utf8'), /boxhound-test-mount/)
  t.is(await sandbox.ended, 0)
})

test('a program that is not there is an error, not a status', async (t) => {
  const sandbox = startSandbox(['true'], {
    cwd: '/',
    environment: { PATH: '/nowhere' },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  await t.throwsAsync(sandbox.ended, { message: /setpriv/ })
  await sandbox.kill()
})
