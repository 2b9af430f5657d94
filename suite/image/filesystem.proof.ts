import test from 'ava'
import { evidence } from './_evidence.ts'

const { published, planted } = evidence
const damaged = planted.fileSystems.filter(({ kind }) => kind.startsWith('ext'))

test('fault 47: each file system is sound and was cleanly unmounted', (t) => {
  t.true(published.fileSystems.length > 0)
  for (const { name, code, words, state } of published.fileSystems) {
    t.is(code, 0, `${name}: ${words}`)
    t.is(state, 'clean', name)
  }
})

test('fault 47: every free block reads as zero', (t) => {
  t.true((published.fileSystems[0]?.freeBlocks.free ?? 0) > 1000)
  for (const { name, freeBlocks } of published.fileSystems) t.is(freeBlocks.dirty, 0, name)
})

test('control of fault 47: a damaged copy is not clean', (t) => {
  t.is(damaged.length, published.fileSystems.filter(({ kind }) => kind.startsWith('ext')).length)
  for (const { name, code, state } of damaged) {
    t.not(code, 0, name)
    t.not(state, 'clean', name)
  }
})

test('control of fault 47: a deleted file leaves free blocks with data', (t) => {
  for (const { name, freeBlocks } of damaged) t.true(freeBlocks.dirty > 0, name)
})
