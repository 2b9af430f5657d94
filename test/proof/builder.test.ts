import test from 'ava'
import { withoutKept } from '../../scripts/lib/proof/builder.ts'

const body = 'A'.repeat(256) + 'B'.repeat(64) + 'C'.repeat(64)
const own = [
  { kind: 'certificate of the builder', text: 'B'.repeat(64) },
  { kind: 'proxy of the builder', text: 'http://proxy.example:3128' },
  { kind: 'proxy of the builder', text: 'http://me:word@proxy.example:3128' },
  { kind: 'folder of the builder', text: '/home/build/' },
]
const kinds = (kept: Parameters<typeof withoutKept>[1]): string[] =>
  withoutKept({ hostName: 'build-7', own }, kept).own.map(({ text }) => text)

test('what a box keeps on purpose is no leftover of the builder; a login of it still is', (t) => {
  t.deepEqual(kinds({ hosts: ['proxy.example:3128'], certificates: [body] }), [
    'http://me:word@proxy.example:3128',
    '/home/build/',
  ])
})

test('a box that keeps nothing, or something else, changes nothing', (t) => {
  const all = own.map(({ text }) => text)
  t.deepEqual(kinds(null), all)
  t.deepEqual(kinds({ hosts: ['other.example:3128'], certificates: ['D'.repeat(400)] }), all)
})
