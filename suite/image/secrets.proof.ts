import test from 'ava'
import { evidence } from './_evidence.ts'

const { published, planted, compressed, kinds } = evidence
const gibibyte = 2 ** 30

test('the whole disk was searched, not just its holes', (t) => {
  t.true(published.searched > gibibyte / 4, `${published.searched} bytes`)
  t.true(kinds.length >= 10)
})

for (const kind of kinds) {
  test(`fault 23: the expanded disk has no ${kind}, not even in free blocks`, (t) =>
    t.deepEqual(
      published.findings.filter((finding) => finding.kind === kind).map(({ offset }) => offset),
      [],
    ))
  test(`control of fault 23: a ${kind} in a deleted file is found on the expanded disk`, (t) =>
    t.true(planted.findings.some((finding) => finding.kind === kind)))
  test(`why the disk is expanded: a search of the compressed file does not find that ${kind}`, (t) =>
    t.false(compressed.some((finding) => finding.kind === kind)))
}
