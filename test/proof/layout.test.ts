import test from 'ava'
import { parseLayout } from '../../scripts/lib/proof/layout.ts'

test('rows of layout.sh become file systems, the root first', (t) => {
  t.deepEqual(
    parseLayout(
      '1\t1074790400\t2683305472\text4\t/\n15\t5242880\t111149056\tvfat\t/boot/efi\n3\t1048576\t4096\tswap\t-\n',
    ),
    [
      { partition: 1, offset: 1074790400, bytes: 2683305472, kind: 'ext4', mountPoint: '/' },
      { partition: 15, offset: 5242880, bytes: 111149056, kind: 'vfat', mountPoint: '/boot/efi' },
      { partition: 3, offset: 1048576, bytes: 4096, kind: 'swap', mountPoint: null },
    ],
  )
})

test('anything else is no layout', (t) => {
  for (const text of ['', '1\t2\t3\text4', '1\tx\t3\text4\t/', 'no partition table'])
    t.throws(() => parseLayout(text), undefined, text)
})
