import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { cgroupOf, removeCgroups } from '../../scripts/lib/boot/cgroups.ts'
import { memoryFrom } from '../../scripts/lib/boot/container.ts'
import { isPortTaken } from '../../scripts/lib/boot/port.ts'
import { containerNetwork } from '../../scripts/lib/boot/seed.ts'

test('a container writes at most 4 GiB unless it is told otherwise, and never what is no size', (t) => {
  t.is(memoryFrom({}), '4G')
  t.is(memoryFrom({ BOXHOUND_MACHINE_MEMORY: '512M' }), '512M')
  for (const size of ['8', '0G', '4G,mode=777', '-1G', 'much'])
    t.like(
      t.throws(() => memoryFrom({ BOXHOUND_MACHINE_MEMORY: size })),
      { code: 'E_INPUT', exitCode: 2 },
      size,
    )
})

test('two folders have two control groups, and one the same again', (t) => {
  t.not(cgroupOf('/a'), cgroupOf('/b'))
  t.is(cgroupOf('/a'), cgroupOf('/a'))
  t.regex(cgroupOf('/a'), /^boxhound-[0-9a-f]{16}$/)
})

test('groups that are not there count as removed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'x'))
  t.true(await removeCgroups(cgroupOf(join(folder, 'x')), 0))
})

test('a port that somebody took in between is told apart from other failures', (t) => {
  t.true(isPortTaken('Failed to listen on 127.0.0.1:80: Address already in use'))
  t.false(isPortTaken('Failed to listen on 127.0.0.1:80: Permission denied'))
})

test('the network of a cloud’s container is static, and its address one of those for documentation', (t) => {
  t.regex(containerNetwork, /192\.0\.2\.2\/24/)
  t.regex(containerNetwork, /dhcp4: false/)
})
