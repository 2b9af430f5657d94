import test from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { verifyWire } from '../../scripts/lib/wire/wire.ts'
import { lab } from '../verify/_expectations.ts'

test('an Agent in a container is refused before anything starts', async (t) => {
  const container = { name: 'datadog-agent' } as NonNullable<typeof lab.container>
  const published = { image: '/nowhere.qcow2', sha256: '', expectations: { ...lab, container } }
  const never = () => t.fail()
  const options = { environment: {}, machine: 'container', onNote: never, onResult: never } as const
  const error = await t.throwsAsync<BoxhoundError>(verifyWire(published, options, projectAt('/nowhere', {})))
  t.is(error?.code, 'E_WIRE')
  t.is(error?.details.exitCode, 2)
})
