import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { headerFault, overlayFault } from '../../scripts/lib/registry/overlay.ts'
import { idOf } from '../cache/_store.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { header } from './_layers.ts'

const parent = idOf('parent')

test('an overlay that names its parent and nothing else is good', (t) => {
  t.is(headerFault(header(`${parent}.qcow2`), parent), undefined)
  t.is(headerFault(header(null), null), undefined)
})

const changed = (change: (bytes: Buffer) => void): Buffer => {
  const bytes = header(`${parent}.qcow2`)
  change(bytes)
  return bytes
}

for (const [what, bytes, wanted, why] of [
  ['no qcow2', Buffer.alloc(4096), parent, /no qcow2/],
  ['an empty file', Buffer.alloc(0), parent, /no qcow2/],
  ['version 2', changed((bytes) => bytes.writeUInt32BE(2, 4)), parent, /version 2/],
  ['encryption', changed((bytes) => bytes.writeUInt32BE(2, 32)), parent, /encrypted/],
  ['an external data file', header(`${parent}.qcow2`, 'qcow2', 4n), parent, /external data file/],
  ['a parent where none belongs', header(`${parent}.qcow2`), null, /backing file where none/],
  ['no parent', header(null), parent, /no backing file/],
  ['another layer as its parent', header(`${idOf('x')}.qcow2`), parent, /another backing file/],
  ['a file of this machine', header('/etc/shadow'), parent, /another backing file/],
  ['a JSON description', header(`json:{"driver":"raw"}`), parent, /another backing file/],
  ['its parent read as raw', header(`${parent}.qcow2`, 'raw'), parent, /another format/],
  ['a name beyond the header', changed((bytes) => bytes.writeBigUInt64BE(1n << 60n, 8)), parent, /no backing file/],
  ['extensions beyond the header', changed((bytes) => bytes.writeUInt32BE(2 ** 32 - 1, 116)), parent, /another format/],
  ['a header beyond the header', changed((bytes) => bytes.writeUInt32BE(2 ** 32 - 1, 100)), parent, /another format/],
] as const)
  test(`an overlay with ${what} is refused`, (t) => {
    t.regex(headerFault(bytes, wanted) ?? '', why)
  })

const hasQemu = spawnSync('qemu-img', ['--version']).status === 0 ? test : test.skip

hasQemu('the header that qemu-img writes for a layer is understood', async (t) => {
  const folder = await temporaryFolder(t)
  const run = (...words: string[]) => t.is(spawnSync('qemu-img', words, { cwd: folder }).status, 0)
  const options = 'lazy_refcounts=on,extended_l2=on,cluster_size=128k'
  run('create', '-q', '-f', 'qcow2', `${parent}.qcow2`, '10M')
  run('create', '-q', '-f', 'qcow2', '-o', options, '-b', `${parent}.qcow2`, '-F', 'qcow2', 'child.qcow2')
  run('create', '-q', '-f', 'qcow2', '-o', 'data_file=data.raw', 'split.qcow2', '10M')
  t.is(await overlayFault(join(folder, 'child.qcow2'), parent), undefined)
  t.is(await overlayFault(join(folder, `${parent}.qcow2`), null), undefined)
  t.regex(headerFault(readFileSync(join(folder, 'split.qcow2')), null) ?? '', /external data file/)
})
