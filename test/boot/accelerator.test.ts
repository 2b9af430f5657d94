import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type AcceleratorOptions, chooseAccelerator } from '../../scripts/lib/boot/accelerator.ts'

const yes = async (): Promise<boolean> => true
const no = async (): Promise<boolean> => false

const options = async (t: ExecutionContext, over: Partial<AcceleratorOptions>): Promise<AcceleratorOptions> => {
  const cache = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(cache, { recursive: true }))
  return { cache, environment: {}, device: '/dev/null', sectorBoots: yes, kernelBoots: yes, ...over }
}

test('KVM is chosen when a sector and a kernel boot under it', async (t) => {
  t.is(await chooseAccelerator(await options(t, {})), 'kvm')
})

test('a device that opens is not enough: a kernel that stalls means emulation', async (t) => {
  t.is(await chooseAccelerator(await options(t, { kernelBoots: no })), 'tcg')
})

test('a sector that does not run spares the kernel’s probe', async (t) => {
  const kernelBoots = (): never => t.fail('was probed') as never
  t.is(await chooseAccelerator(await options(t, { sectorBoots: no, kernelBoots })), 'tcg')
})

test('no device means emulation without a probe', async (t) => {
  const sectorBoots = (): never => t.fail('was probed') as never
  t.is(await chooseAccelerator(await options(t, { device: '/nonexistent', sectorBoots })), 'tcg')
})

test('the answer is kept for this boot of the machine', async (t) => {
  const first = await options(t, { kernelBoots: no })
  await chooseAccelerator(first)
  t.is(await chooseAccelerator({ ...first, kernelBoots: yes }), 'tcg')
})

test('without a kernel to try, nothing is chosen for good', async (t) => {
  const { kernelBoots: _, ...bare } = await options(t, {})
  t.is(await chooseAccelerator(bare), 'tcg')
  t.is(await chooseAccelerator({ ...bare, kernelBoots: yes }), 'kvm')
})

test('the environment decides by hand', async (t) => {
  t.is(await chooseAccelerator(await options(t, { environment: { BOXHOUND_ACCELERATOR: 'tcg' } })), 'tcg')
})
