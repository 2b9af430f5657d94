import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { follow, kernelPanic, lastLines, preferredHostKey, readConsole } from '../../scripts/lib/boot/console.ts'

const print = (letter: string): string => `SHA256:${letter.repeat(43)}`

test('host keys are read from between other output', (t) => {
  const text = `[ 3.1] noise\r\n[ 3.2] boxhound: host-key ssh-ed25519 ${print('a')}\r\nboxhound: host-key ecdsa-sha2-nistp256 ${print('b')}\r\n`
  t.deepEqual(readConsole(text).hostKeys, { 'ssh-ed25519': print('a'), 'ecdsa-sha2-nistp256': print('b') })
})

test('a host key of which only a part has arrived is not one', (t) => {
  t.deepEqual(readConsole('boxhound: host-key ssh-ed25519 SHA256:abc').hostKeys, {})
})

test('a fingerprint that runs into other output is not one', (t) => {
  t.deepEqual(readConsole(`boxhound: host-key ssh-ed25519 ${print('a')}bc`).hostKeys, {})
})

test('first boot is unknown until its marker', (t) => {
  t.is(readConsole('boxhound: first-boot\n').firstBoot, 'unknown')
  t.is(readConsole('boxhound: first-boot done\n').firstBoot, 'done')
})

test('a failed first boot names its step', (t) => {
  t.like(readConsole('boxhound: first-boot failed main/20-agent\r\n'), {
    firstBoot: 'failed',
    failedStep: 'main/20-agent',
  })
})

test('the last marker counts, since it is printed at every boot', (t) => {
  t.is(readConsole('boxhound: first-boot failed main/x\nboxhound: first-boot done\n').firstBoot, 'done')
})

test('Ed25519 is preferred to any other key', (t) => {
  const facts = readConsole(`boxhound: host-key ssh-rsa ${print('r')}\nboxhound: host-key ssh-ed25519 ${print('e')}\n`)
  t.is(preferredHostKey(facts), print('e'))
  t.is(preferredHostKey(readConsole('')), null)
})

test('the last lines leave out escape sequences and empty lines', (t) => {
  t.is(lastLines('one\r\n\r\n\u001b[0;32mtwo\u001b[0m\r\nthree\r\n', 2), 'two\nthree')
})

test('a kernel that gave up is told from where its trouble began', (t) => {
  const boot = '[ 1.0] Linux version\r\n[ 1.1] BUG: no bug, as of now\r\n'.replace('BUG: ', 'bug ')
  const end =
    '[ 5.1] int3: 0000 [#1] PREEMPT SMP\r\n[ 5.2] RIP: 0010:crng_make_state\r\n[ 5.3] Kernel panic - not syncing: Fatal\r\n'
  t.is(kernelPanic(boot + end.replace('Kernel panic', 'Kernel is well')), null)
  t.is(kernelPanic(boot + end)?.split('\n').length, 3)
  t.true(kernelPanic(boot + end)?.startsWith('int3: 0000 [#1]'))
  t.is(kernelPanic(boot + end.repeat(40))?.split('\n').length, 30)
})

test('a growing file is followed from where the last read ended', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'console.log')
  const read = follow(file)
  t.is(await read(), '')
  await appendFile(file, 'boxhound: first-')
  t.is(await read(), 'boxhound: first-')
  await appendFile(file, 'boot done\n')
  t.is(await read(), 'boxhound: first-boot done\n')
})
