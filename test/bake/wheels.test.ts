// Downloads locked wheels from an index of this test's own, on loopback.

import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { bakeNetwork } from '../../scripts/lib/bake/mirrors.ts'
import { writeNetworkFolder } from '../../scripts/lib/bake/network-folder.ts'
import { wheelhouse } from '../../scripts/lib/bake/wheels.ts'
import { fixture } from '../boxfile/_files.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { box } from '../plan/_rendered.ts'
import { index } from './_index.ts'

// A sandbox is root's; one by one, since who cleans up ends every sandbox of this process.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

const download = async (t: ExecutionContext, address: string, list: string): Promise<string> => {
  const root = await temporaryFolder(t)
  const network = await bakeNetwork({ ...box, mirrors: { pypi: address } })
  const folders = {
    network,
    networkFolder: join(root, 'network'),
    logs: join(root, 'logs'),
    scratch: join(root, 'scratch'),
  }
  mkdirSync(folders.logs)
  await writeNetworkFolder(folders.networkFolder, network)
  const set = {
    name: 'checks',
    requirements: 'checks/mine/requirements.txt',
    python: '3.13',
    list,
    origins: { 'bh-none': 'checks/other/requirements.txt:7' },
  }
  return wheelhouse(set, folders, { ...fixture, cache: join(root, 'cache') })
}

rooted('the wheels of a list are downloaded by digest', async (t) => {
  const { address, sums } = await index(t, [{ name: 'bh_one', version: '1.0', needs: ['bh_two'] }])
  const folder = await download(t, address, `bh-one==1.0 --hash=sha256:${sums.get('bh_one-1.0')}\n`)
  t.deepEqual(readdirSync(folder), ['bh_one-1.0-py3-none-any.whl'], 'nothing that the list does not have')
})

rooted('a package without a wheel for that Python is told with the line of the list', async (t) => {
  const { address, sums } = await index(t, [{ name: 'bh_one', version: '1.0' }])
  const sum = sums.get('bh_one-1.0')
  const list = `bh-one==1.0 --hash=sha256:${sum}\nbh-none==2.0 --hash=sha256:${sum}\n`
  const error = await t.throwsAsync(download(t, address, list), { instanceOf: BoxhoundError })
  t.is(error.message, 'bh-none 2.0 has no wheel for Python 3.13')
  t.is(error.details.file, 'checks/other/requirements.txt')
  t.is(error.details.line, 7)
})

rooted('a wheel with another digest is refused', async (t) => {
  const { address } = await index(t, [{ name: 'bh_one', version: '1.0' }])
  const list = `bh-one==1.0 --hash=sha256:${'a'.repeat(64)}\n`
  const error = await t.throwsAsync(download(t, address, list), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_INPUT')
  t.regex(error.details.found ?? '', /Expected sha256 a{64}/)
})
