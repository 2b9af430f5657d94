import test from 'ava'
import { isTag, normalService, normalTag } from '../../scripts/lib/box/tags.ts'

for (const tag of ['env:trial', 'role:database', 'plain', 'a:b:c', 'path:a/b.c-d_e', 'größe:ü', `a:${'b'.repeat(198)}`])
  test(`${tag.slice(0, 30)} is a tag`, (t) => t.true(isTag(tag)))

for (const [why, tag] of [
  ['a digit at the start', '1a:b'],
  ['a capital', 'Env:trial'],
  ['a blank', 'env: trial'],
  ['a comma', 'a,b'],
  ['a colon at the end', 'env:'],
  ['nothing', ''],
  ['more than 200 characters', `a:${'b'.repeat(199)}`],
  ['a line break', 'a:b\n'],
  ['two underscores in a row', 'a:b__c'],
  ['an underscore at the end', 'a:b_'],
  ['an underscore at the start', '_a:b'],
  ['a colon at the start', ':a'],
  ['a symbol', 'a:b+c'],
  ['an emoji', 'a:🐶'],
  ['a capital of another script', 'größe:Ü'],
] as const)
  test(`a tag with ${why} is refused`, (t) => t.false(isTag(tag)))

for (const [text, normal] of [
  ['#test_starting_hash', 'test_starting_hash'],
  ['TestCAPSandSuch', 'testcapsandsuch'],
  ['Test Conversion Of Weird !@#$%^&**() Characters', 'test_conversion_of_weird_characters'],
  ['$#weird_starting', 'weird_starting'],
  ['allowed:c0l0ns', 'allowed:c0l0ns'],
  ['1love', 'love'],
  ['ünicöde:metäl', 'ünicöde:metäl'],
  ['Data🐨dog🐶 繋がっ⛰てて', 'data_dog_繋がっ_てて'],
  [' spaces   ', 'spaces'],
  [' #hashtag!@#spaces #__<>#  ', 'hashtag_spaces'],
  [':testing', ':testing'],
  ['_foo', 'foo'],
  ['contiguous_____underscores', 'contiguous_underscores'],
  ['foo_', 'foo'],
  ['', ''],
  ['###', ''],
  ['a'.repeat(888), 'a'.repeat(200)],
  [`a${'🐶'.repeat(799)}b`, 'a'],
] as const)
  test(`Datadog stores ${JSON.stringify(text.slice(0, 40))} in its own way`, (t) => t.is(normalTag(text), normal))

test('a service may start with a digit, and has at most 100 characters', (t) => {
  t.is(normalService('127.0.0.1'), '127.0.0.1')
  t.is(normalService('My Service!'), 'my_service')
  t.is(normalService('s'.repeat(120)), 's'.repeat(100))
})
