import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { chooseKind, machineChoice, whyNoContainer } from '../../scripts/lib/boot/kind.ts'

/** A checkout whose probe of containers ends as given. */
const probing = async (t: ExecutionContext, probe: string): Promise<{ tool: string }> => {
  const root = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'container'))
  await writeFile(join(root, 'container', 'probe.sh'), probe)
  return { tool: root }
}

const without = 'echo "no systemd-nspawn (package systemd-container)"; exit 1'

test('auto is a container where one can run, and says why not elsewhere', async (t) => {
  const notes: string[] = []
  const note = (text: string): void => void notes.push(text)
  t.is(await chooseKind('auto', await probing(t, 'exit 0'), note), 'container')
  t.deepEqual(notes, [])
  t.is(await chooseKind('auto', await probing(t, without), note), 'qemu')
  t.deepEqual(notes, [
    'cannot run a container: no systemd-nspawn (package systemd-container); booting the image with QEMU instead',
  ])
})

test('a container that is asked for and cannot run is an error with the reason', async (t) => {
  const error = await t.throwsAsync(chooseKind('container', await probing(t, without), () => {}))
  t.like(error, { code: 'E_NO_CONTAINER', exitCode: 3 })
  t.regex(JSON.stringify(error), /systemd-container/)
})

test('qemu asks nothing', async (t) => {
  t.is(await chooseKind('qemu', { tool: '/nonexistent' }, () => {}), 'qemu')
})

test('a probe that ends without a word counts as a no', async (t) => {
  t.is(await whyNoContainer(await probing(t, 'exit 7')), 'the probe of namespaces and mounts failed')
})

test('the option’s word, or the verb’s own choice', (t) => {
  t.is(machineChoice(undefined, 'auto'), 'auto')
  t.is(machineChoice('container', 'qemu'), 'container')
})
