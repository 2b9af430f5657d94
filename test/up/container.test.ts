import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'

// A store of its own: other stages start containers at the same time.
const cache = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
const environment = { ...process.env, BOXHOUND_CACHE: cache }

const verb = (name: string, ...words: string[]) =>
  spawnSync('node', ['scripts/_run.mjs', name, ...words], { encoding: 'utf8', timeout: 300_000, env: environment })

/** Control groups in which no process is left; those of a machine that runs have some. */
const emptyGroups = (): string[] =>
  ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].flatMap((root) => {
    try {
      return readdirSync(root).filter(
        (name) =>
          name.startsWith('boxhound-') &&
          readFileSync(join(root, name, 'cgroup.events'), 'utf8').includes('populated 0'),
      )
    } catch {
      return [] // no such hierarchy, or the group went in between
    }
  })

/** Everything of a container that could outlive it on this machine. */
const leftovers = (): string[] => {
  const loops = spawnSync('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE'], { encoding: 'utf8' }).stdout
  const links = spawnSync('ip', ['-brief', 'link'], { encoding: 'utf8' }).stdout
  const processes = spawnSync('pgrep', ['-af', `container/container.sh ${cache}`], { encoding: 'utf8' }).stdout
  return [
    ...emptyGroups(),
    ...loops.split('\n').filter((line) => line.includes(cache)),
    ...links.split('\n').filter((line) => line.startsWith('ve-boxhound')),
    ...readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`${cache}/machines`)),
    ...processes.split('\n').filter((line) => line !== ''),
  ]
}

const gone = async (): Promise<string[]> => {
  for (let tries = 0; tries < 100 && leftovers().length > 0; tries += 1) await sleep(100)
  return leftovers()
}

test.serial.after.always('nothing stays up', () => {
  verb('down', 'lab')
  rmSync(cache, { recursive: true, force: true })
})

test.serial('a container is up in seconds beside QEMU’s folder, ssh finds it, down leaves nothing', async (t) => {
  t.deepEqual(await gone(), [])
  const first = verb('up', 'lab', '--machine', 'container', '--json')
  t.is(first.status, 0, first.stderr)
  const login = JSON.parse(first.stdout) as { host: string; key: string }
  t.is(login.host, '127.0.0.1')
  const again = verb('up', 'lab', '--machine', 'container', '--json')
  t.deepEqual(JSON.parse(again.stdout), login, 'a second up finds the first container')
  t.is(verb('ssh', 'lab', '--', 'systemd-detect-virt').stdout, 'systemd-nspawn\n')
  t.is(verb('ssh', 'lab', '--machine', 'qemu', '--', 'true').status, 1, 'no QEMU is up')
  const network = verb('ssh', 'lab', '--', 'ip -brief address; ip route').stdout
  t.false(/\beth0\b|\bdefault\b/.test(network), network)
  t.is(verb('down', 'lab', '--machine', 'qemu').status, 0)
  t.is(verb('ssh', 'lab', '--', 'true').status, 0, 'the container is still up')
  t.is(verb('down', 'lab').status, 0)
  t.deepEqual(await gone(), [])
})

test.serial('what a caller hands in is in no file and no command line of this machine', async (t) => {
  t.teardown(() => verb('down', 'lab'))
  const key = randomBytes(16).toString('hex')
  const up = spawnSync('node', ['scripts/_run.mjs', 'up', 'lab', '--machine', 'container'], {
    encoding: 'utf8',
    env: { ...environment, DD_API_KEY: key },
  })
  t.is(up.status, 0, up.stderr)
  const told = verb('ssh', 'lab', '--', 'cat /etc/datadog-agent/environment').stdout
  t.true(told.includes(key), 'the instance has it')
  const lines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')]
      } catch {
        return []
      }
    })
  t.false(lines.some((line) => line.includes(key)))
  const found = spawnSync('grep', ['-rl', key, join(cache, 'machines')], { encoding: 'utf8' })
  t.is(found.stdout, '')
  t.is(verb('down', 'lab').status, 0)
})

test.serial('a key that comes later wakes the trace-agent, which had given up without one', async (t) => {
  t.teardown(() => verb('down', 'lab'))
  t.is(verb('up', 'lab', '--machine', 'container').status, 0)
  const trace = (): string => verb('ssh', 'lab', '--', 'systemctl is-active datadog-agent-trace.service').stdout.trim()
  const becomes = async (state: string): Promise<string> => {
    for (let tries = 0; tries < 60 && trace() !== state; tries += 1) await sleep(1000)
    return trace()
  }
  t.is(await becomes('failed'), 'failed')
  const key = randomBytes(16).toString('hex')
  const take = `umask 077; echo DD_API_KEY=${key} >/root/inputs; /usr/lib/boxhound/take-inputs /root/inputs`
  t.is(verb('ssh', 'lab', '--', take).status, 0)
  t.is(await becomes('active'), 'active')
  await sleep(3000)
  t.is(trace(), 'active', 'and it stays up')
  t.is(verb('down', 'lab').status, 0)
})

for (const [index, signal] of (['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGINT'] as const).entries())
  test.serial(
    `${signal} at some moment of a verification leaves no process, mount or group of it, try ${index + 1}`,
    async (t) => {
      const out = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
      t.teardown(() => rmSync(out, { recursive: true }))
      const child = spawn('node', ['scripts/_run.mjs', 'verify', 'lab', '--machine', 'container', '--out', out], {
        stdio: 'ignore',
        env: environment,
      })
      const ended = once(child, 'close')
      await sleep(300 + Math.random() * 5000)
      child.kill(signal)
      await ended
      t.deepEqual(await gone(), [])
    },
  )

test.serial('the next run clears the folder of a killed one', (t) => {
  const run = verb(
    'verify',
    'lab',
    '--machine',
    'container',
    '--only',
    'first-boot',
    '--out',
    mkdtempSync(join(tmpdir(), 'boxhound-test-')),
  )
  t.is(run.status, 0, run.stdout + run.stderr)
  t.deepEqual(
    readdirSync(join(cache, 'machines')).filter((name) => name.startsWith('.run-')),
    [],
  )
})
