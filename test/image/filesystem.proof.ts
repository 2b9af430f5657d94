import test from 'ava'
import { evidence } from './_evidence.ts'

const { published, planted } = evidence

test('fault 47: e2fsck finds the file system clean', (t) => {
  t.is(published.fsck.code, 0, published.fsck.words)
  t.is(published.fsck.state, 'clean')
})

test('fault 47: every free block reads as zero', (t) => {
  t.true(published.freeBlocks.free > 1000)
  t.is(published.freeBlocks.dirty, 0)
})

test('control of fault 47: a damaged copy is not clean', (t) => {
  t.not(planted.fsck.code, 0)
  t.not(planted.fsck.state, 'clean')
})

test('control of fault 47: a deleted file leaves free blocks that hold something', (t) =>
  t.true(planted.freeBlocks.dirty > 0))
