import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { fetchKeys, inFolder } from '../../scripts/lib/bake/public-keys.ts'
import { serve } from '../fetch/_server.ts'

const impatient = { deadlines: { connect: 500, quiet: 500 }, patience: { tries: 2, pause: () => 0 } }

test('all addresses are asked, each answer keeps its address; what is not published any more is told', async (t) => {
  const server = await serve(t, ({ url }, response) => {
    if (url === '/old.public') response.writeHead(404).end('gone')
    else if (url === '/older.public') response.writeHead(410).end()
    else response.end(`key of ${url}`)
  })
  const at = (name: string): string => `${server.url}/${name}.public`
  const { deliveries, gone } = await fetchKeys([at('current'), at('old'), at('a'), at('older')], {}, impatient)
  t.deepEqual(
    deliveries.map(({ address, content }) => [address, Buffer.from(content).toString()]),
    [
      [at('current'), 'key of /current.public'],
      [at('a'), 'key of /a.public'],
    ],
  )
  t.deepEqual(gone, [at('old'), at('older')])
})

test('no key at any address is an error', async (t) => {
  const server = await serve(t, (_, response) => {
    response.writeHead(404).end()
  })
  const error = await t.throwsAsync(fetchKeys([`${server.url}/a`], {}, impatient), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_KEYS')
  t.is(error.details.found, `no file at ${server.url}/a`)
  t.regex(error.details.next ?? '', /keyUrls where the repository is declared .* and mirrors\.keys/)
})

test('one address that fails otherwise is an error: a keyring without its key would be shipped', async (t) => {
  let asked = 0
  const server = await serve(t, ({ url }, response) => {
    if (url === '/broken') asked += 1
    response.writeHead(url === '/broken' ? 503 : 200).end('key')
  })
  const addresses = ['good', 'broken'].map((name) => `${server.url}/${name}`)
  const error = await t.throwsAsync(fetchKeys(addresses, {}, impatient), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_FETCH_SERVER')
  t.is(asked, 2)
})

test('fault 36: an address that hangs is given up, with its host and the seconds told', async (t) => {
  const server = await serve(t, () => {})
  const error = await t.throwsAsync(fetchKeys([`${server.url}/a`], {}, impatient), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_FETCH_QUIET')
  t.is(error.message, `${new URL(server.url).host} did not answer within 0.50 s`)
})

test('a mirror has the keys under their own names in a folder of its own', (t) => {
  const key = 'https://keys.datadoghq.com/DATADOG_APT_KEY_CURRENT.public'
  t.is(inFolder(key, undefined), key)
  for (const folder of ['https://mirror.example.com/dd/keys', 'https://mirror.example.com/dd/keys/'])
    t.is(inFolder(key, folder), 'https://mirror.example.com/dd/keys/DATADOG_APT_KEY_CURRENT.public')
  t.is(inFolder('https://a.example.com/x/y.public?v=1', 'http://b.example.com'), 'http://b.example.com/y.public')
})
