import test from 'ava'
import { inputsFor } from '../../scripts/lib/verify/image.ts'

const agent = { version: '7.83.0', site: 'datadoghq.com', tags: [], logs: true, source: '' }

test('a real Agent is verified with a made-up key of the right shape, since its trace-agent ends without one', (t) => {
  const inputs = inputsFor({ agent: { ...agent, lab: false } }, { DD_SITE: 'datadoghq.eu', DD_API_KEY: '' })
  t.regex(inputs.DD_API_KEY ?? '', /^[0-9a-f]{32}$/)
  t.is(inputs.DD_SITE, 'datadoghq.eu')
})

test('a key that the caller gives is the one, and the lab Agent gets none', (t) => {
  const given = { DD_API_KEY: 'a'.repeat(32) }
  t.is(inputsFor({ agent: { ...agent, lab: false } }, given), given)
  t.deepEqual(inputsFor({ agent: { ...agent, lab: true } }, {}), {})
})
