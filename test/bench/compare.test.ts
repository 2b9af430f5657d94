import test from 'ava'
import { compare, deadSides, pairRatios, sideResult } from '../../scripts/lib/bench/compare.ts'
import { goal, runs, side } from './_results.ts'

test('a failed run is counted and is part of no median', (t) => {
  const result = sideResult(side('packer'), runs({ seconds: 10 }, 'status 1', { seconds: 20 }, { seconds: 30 }))
  t.is(result.failed, 1)
  t.deepEqual(result.seconds, { median: 20, min: 10, max: 30, count: 3 })
  t.is(result.bytes, undefined)
})

test('ratios are taken within pairs in which both sides succeeded', (t) => {
  const own = sideResult(side('boxhound'), runs({ seconds: 1 }, { seconds: 2 }, 'lost', { seconds: 4 }))
  const peer = sideResult(side('packer'), runs({ seconds: 10 }, 'status 1', { seconds: 30 }, { seconds: 8 }))
  t.deepEqual(pairRatios(own, peer, 'seconds', 'times'), [10, 2])
  t.deepEqual(pairRatios(own, peer, 'seconds', 'share'), [0.1, 0.5])
})

test('a comparison is against the faster of a tool’s variants, by their medians', (t) => {
  const [comparison, ...rest] = compare(
    [
      sideResult(side('boxhound'), runs({ seconds: 1 }, { seconds: 1 })),
      sideResult(side('Packer', 'packer'), runs({ seconds: 50 }, { seconds: 60 })),
      sideResult(side('Packer, cpus = 2', 'packer'), runs({ seconds: 40 }, { seconds: 30 })),
    ],
    [goal(36)],
  )
  t.deepEqual(rest, [])
  t.is(comparison?.side, 'Packer, cpus = 2')
  t.deepEqual(comparison?.ratio, { median: 35, min: 30, max: 40, count: 2 })
  t.is(comparison?.met, false)
})

test('the first of boxhound’s own sides is what is compared, even when another is quicker', (t) => {
  const [comparison] = compare(
    [
      sideResult(side('a new machine', 'boxhound'), runs({ seconds: 2 })),
      sideResult(side('the running machine', 'boxhound'), runs({ seconds: 1 })),
      sideResult(side('Packer', 'packer'), runs({ seconds: 100 })),
    ],
    [goal(50)],
  )
  t.is(comparison?.ratio.median, 50)
  t.is(comparison?.met, true)
})

test('a variant that never succeeded is not the fastest', (t) => {
  const [comparison] = compare(
    [
      sideResult(side('boxhound'), runs({ seconds: 1 })),
      sideResult(side('Packer', 'packer'), runs('status 1')),
      sideResult(side('Packer, cpus = 2', 'packer'), runs({ seconds: 40 })),
    ],
    [goal(300)],
  )
  t.is(comparison?.side, 'Packer, cpus = 2')
})

test('a share is met from below', (t) => {
  const sides = [
    sideResult(side('boxhound'), runs({ seconds: 8, bytes: 95 })),
    sideResult(side('mkosi'), runs({ seconds: 10, bytes: 100 })),
  ]
  const wanted = { tool: 'mkosi', reading: 'share' } as const
  const compared = compare(sides, [goal(0.9, wanted), goal(0.9, { ...wanted, quantity: 'bytes' })])
  t.deepEqual(
    compared.map(({ quantity, ratio, met }) => [quantity, ratio.median, met]),
    [
      ['seconds', 0.8, true],
      ['bytes', 0.95, false],
    ],
  )
})

test('a tool without a goal is compared all the same', (t) => {
  const sides = [
    sideResult(side('boxhound'), runs({ seconds: 1 })),
    sideResult(side('virt-customize'), runs({ seconds: 14 })),
  ]
  const [comparison] = compare(sides, [])
  t.is(comparison?.ratio.median, 14)
  t.is(comparison?.goal, undefined)
  t.is(comparison?.met, undefined)
})

test('nothing is compared when boxhound itself never succeeded', (t) => {
  const sides = [
    sideResult(side('boxhound'), runs('status 1', 'status 1')),
    sideResult(side('packer'), runs({ seconds: 10 }, { seconds: 10 })),
  ]
  t.deepEqual(compare(sides, [goal(300)]), [])
  t.deepEqual(deadSides(sides), ['boxhound'])
})

test('a side with one good run could be run', (t) => {
  t.deepEqual(deadSides([sideResult(side('packer'), runs('status 1', { seconds: 1 }))]), [])
})
