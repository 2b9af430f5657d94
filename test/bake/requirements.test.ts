import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { requireFor } from '../../scripts/lib/bake/requirements.ts'
import { programFolder } from './_programs.ts'

test('what is missing is named with the package that brings it, and ends a run with 3', async (t) => {
  const names = ['qemu-storage-daemon', 'mmdebstrap', 'unshare', 'setpriv', 'python3', 'gpg']
  const path = await programFolder(t, Object.fromEntries(names.map((name) => [name, ''])))
  const error = t.throws(() => requireFor('bake', path), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_MISSING_PROGRAM')
  t.is(error.exitCode, 3)
  t.is(error.details.found, 'no packer, no qemu-img')
  t.regex(error.details.next ?? '', /^npm run setup .*apt-get install packer qemu-utils\)$/)
})

test('a package that brings two programs is named once', async (t) => {
  const path = await programFolder(t, {
    packer: '',
    'qemu-img': '',
    'qemu-storage-daemon': '',
    mmdebstrap: '',
    python3: '',
    gpg: '',
  })
  const error = t.throws(() => requireFor('bake', path), { instanceOf: BoxhoundError })
  t.is(error.details.found, 'no unshare, no setpriv')
  t.regex(error.details.next ?? '', /apt-get install util-linux\)$/)
})

test.serial('another user than root is told how to become it', (t) => {
  const { getuid } = process
  process.getuid = () => 1000
  t.teardown(() => {
    if (getuid !== undefined) process.getuid = getuid
  })
  const error = t.throws(() => requireFor('bake'), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_NOT_ROOT')
  t.is(error.exitCode, 3)
  t.is(error.details.found, 'user 1000')
  t.regex(error.details.next ?? '', /sudo/)
})

test('a verb asks for no more than it starts itself', async (t) => {
  const path = await programFolder(t, { 'qemu-img': '', 'qemu-storage-daemon': '' })
  const error = t.throws(() => requireFor('package', path), { instanceOf: BoxhoundError })
  t.regex(error.message, /npm run package/)
  t.false((error.details.found ?? '').includes('packer'))
})
