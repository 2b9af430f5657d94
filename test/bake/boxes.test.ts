import { setTimeout as delay } from 'node:timers/promises'
import test from 'ava'
import { boxesAtOnce, eachBox } from '../../scripts/lib/bake/boxes.ts'

const gibibyte = 2 ** 30

test('as many boxes at once as there are, as processors, and as memory bears; never none', (t) => {
  t.is(boxesAtOnce(5, 4, 64 * gibibyte), 4)
  t.is(boxesAtOnce(2, 4, 64 * gibibyte), 2)
  t.is(boxesAtOnce(5, 4, 3.2 * gibibyte), 2)
  t.is(boxesAtOnce(5, 4, 0.1 * gibibyte), 1)
})

test('a box that fails ends no other, and the results come in the order of the boxes', async (t) => {
  const settled = await eachBox(['slow', 'bad', 'quick'], async (box) => {
    if (box === 'bad') throw new Error(box)
    await delay(box === 'slow' ? 60 : 1)
    return box.toUpperCase()
  })
  t.deepEqual(settled, [
    { box: 'slow', value: 'SLOW' },
    { box: 'bad', error: new Error('bad') },
    { box: 'quick', value: 'QUICK' },
  ])
})

test('no more work at a time than the limit', async (t) => {
  let [running, most] = [0, 0]
  const work = async (): Promise<void> => {
    running += 1
    most = Math.max(most, running)
    await delay(5)
    running -= 1
  }
  await eachBox(['a', 'b', 'c', 'd', 'e'], work, 2)
  t.is(most, 2)
})
