import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { lookUp, mirrored } from '../../scripts/lib/fetch/look-up.ts'
import { late, soon, twice } from './_image.ts'
import { imageName, publish } from './_publisher.ts'
import { serve } from './_server.ts'

const [old, fresh] = ['1'.repeat(64), '2'.repeat(64)]
const options = { patience: twice, deadlines: late }
const listOf = (digest: string): string => `${'f'.repeat(64)} *other.img\n${digest} *${imageName}\n`

test('the newest release’s image and digest come from its signed list', async (t) => {
  const { publisher, release, server } = await publish(t)
  release('release-20260801', listOf(fresh))
  release('release-20260725', listOf(old))
  t.deepEqual(await lookUp(publisher, {}, options), {
    image: `${server.url}/noble/release-20260801/${imageName}`,
    sha256: fresh,
    release: 'release-20260801',
  })
  t.deepEqual(server.requests.map(({ url }) => url).sort(), [
    '/noble/',
    '/noble/release-20260801/SHA256SUMS',
    '/noble/release-20260801/SHA256SUMS.gpg',
  ])
})

test('a mirror is asked instead, and needs the publisher’s signature', async (t) => {
  const { publisher, release, server, keys } = await publish(t)
  release('release-20260801', listOf(fresh))
  const elsewhere = { ...publisher, releases: 'https://images.example.invalid/noble/' }
  const releases = `${server.url}/noble`
  t.is((await lookUp(elsewhere, {}, { ...options, releases })).image, `${releases}/release-20260801/${imageName}`)
  release('release-20260802', listOf(old), { by: keys.make('mirror') })
  await t.throwsAsync(lookUp(elsewhere, {}, { ...options, releases }), { code: 'E_SIGNATURE' })
})

test('nothing of a list is believed before its signature', async (t) => {
  const { publisher, release, files, server } = await publish(t)
  release('release-20260801', listOf(old))
  files.set('/noble/release-20260801/SHA256SUMS', listOf(fresh))
  const error = await t.throwsAsync(lookUp(publisher, {}, options), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_SIGNATURE')
  t.is(error.details.file, `${server.url}/noble/release-20260801/SHA256SUMS`)
  files.set('/noble/release-20260801/SHA256SUMS', 'no list at all')
  await t.throwsAsync(lookUp(publisher, {}, options), { code: 'E_SIGNATURE' })
})

test('an older list under a newer name has a good signature and is refused', async (t) => {
  const { publisher, release } = await publish(t)
  release('release-20260801', listOf(old), { when: '20260101T000000' })
  const error = await t.throwsAsync(lookUp(publisher, {}, options), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_LIST_OLD')
  t.regex(formatError(error), /no older than release-20260801[\s\S]*one of 2026-01-01/)
  release('release-20260802', listOf(fresh), { when: '20260801T230000' })
  t.is((await lookUp(publisher, {}, options)).sha256, fresh)
})

test('a list without the image, a signature that is missing, and a listing that is too large or hangs are errors', async (t) => {
  const { publisher, release, files, server } = await publish(t)
  release('release-20260801', `${old} *other.img\n`)
  await t.throwsAsync(lookUp(publisher, {}, options), { code: 'E_CHECKSUMS_MISSING' })
  files.delete('/noble/release-20260801/SHA256SUMS.gpg')
  const missing = await t.throwsAsync(lookUp(publisher, {}, options), { instanceOf: BoxhoundError })
  t.is(missing.code, 'E_FETCH_STATUS')
  t.true(missing.message.includes(`${server.url}/noble/release-20260801/SHA256SUMS.gpg`))
  files.set('/noble/', Buffer.alloc(9_000_000))
  await t.throwsAsync(lookUp(publisher, {}, options), { code: 'E_FETCH_SIZE' })
  const mute = await serve(t, (_, response) => void response.write('<a'))
  await t.throwsAsync(lookUp({ ...publisher, releases: mute.url }, {}, { ...options, deadlines: soon }), {
    code: 'E_FETCH_QUIET',
  })
  t.is(mute.requests.length, 2)
})

test('a redirected listing counts its links from where it ends', async (t) => {
  const { publisher, release, server, files } = await publish(t)
  release('release-20260801', listOf(fresh))
  files.set('/noble/', '<a href="/noble/release-20260801/">')
  const front = await serve(t, ({ url = '' }, response) => {
    response.writeHead(301, { location: `${server.url}${url.replace('/24.04', '/noble')}` }).end()
  })
  const found = await lookUp({ ...publisher, releases: `${front.url}/24.04/` }, {}, options)
  t.is(found.image, `${front.url}/24.04/release-20260801/${imageName}`)
})

test('an image of the publisher’s is taken from the mirror, and no other one', (t) => {
  const publisher = { releases: 'https://h/noble', image: 'u.img', keyring: 'k', fingerprint: 'F' }
  const image = 'https://h/noble/release-20260801/u.img'
  t.is(mirrored(image, publisher, 'http://m/x'), 'http://m/x/release-20260801/u.img')
  t.is(mirrored(image, publisher, 'http://m/x/'), 'http://m/x/release-20260801/u.img')
  t.is(mirrored(image, publisher, undefined), image)
  t.is(mirrored(image, undefined, 'http://m/x/'), image)
  t.is(mirrored('https://h/noblex/u.img', publisher, 'http://m/'), 'https://h/noblex/u.img')
})
