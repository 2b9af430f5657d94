import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { startHasher } from '../../scripts/lib/fetch/hasher.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

test('a file is hashed as it grows, and anew after it was emptied', async (t) => {
  const path = join(await temporaryFolder(t), 'part')
  writeFileSync(path, 'one')
  const hasher = startHasher(path)
  t.teardown(hasher.close)
  hasher.advance(3)
  appendFileSync(path, 'two')
  hasher.advance(6)
  t.is(await hasher.digest(), sha256('onetwo'))
  appendFileSync(path, 'three')
  t.is(await hasher.digest(), sha256('onetwo'), 'what was not told is not counted')
  hasher.advance(11)
  t.is(await hasher.digest(), sha256('onetwothree'))
  truncateSync(path)
  hasher.restart()
  t.is(await hasher.digest(), sha256(''))
  appendFileSync(path, 'x')
  hasher.advance(1)
  t.is(await hasher.digest(), sha256('x'))
})

test('a file that is shorter than was told, and one that is not there, are errors and not a digest', async (t) => {
  const path = join(await temporaryFolder(t), 'part')
  writeFileSync(path, 'one')
  const hasher = startHasher(path)
  t.teardown(hasher.close)
  hasher.advance(4)
  await t.throwsAsync(hasher.digest(), { message: /shorter than what was written/ })
  const none = startHasher(`${path}x`)
  t.teardown(none.close)
  await t.throwsAsync(none.digest(), { message: /^hashing .*partx failed: ENOENT/ })
})
