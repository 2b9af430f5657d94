import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import test from 'ava'
import { decompress } from '../../lab/intake/compression.ts'
import { bytesOf, part } from './_bytes.ts'
import { framed, frames, longText } from './_frames.ts'
import { intakeFor, post, protobuf } from './_intake.ts'

const limit = 1_000_000
const many = '0123456789'.repeat(100_001)

const compressed: [encoding: string, body: Buffer][] = [
  ['identity', Buffer.from(framed)],
  ['gzip', gzipSync(framed)],
  ['gzip', Buffer.concat([gzipSync(framed.slice(0, 9)), gzipSync(framed.slice(9))])],
  ['deflate', deflateSync(framed)],
  ['zstd', frames.known],
  ['zstd', frames.unknown],
  ['zstd', frames.several],
  ['zstd1', frames.known],
]

test('series come through in every encoding, which is kept', async (t) => {
  const intake = await intakeFor(t)
  for (const [encoding, body] of compressed) {
    const answer = await post(intake, '/api/v1/series', new Uint8Array(body), { 'content-encoding': encoding })
    t.is(answer.status, 202, encoding)
    const last = intake.received().series.at(-1)
    t.deepEqual(last?.points, [[1_700_000_000, 601]])
    t.is(last?.encoding.contentEncoding, encoding)
  }
  t.is(intake.received().series.length, compressed.length)
  t.deepEqual(intake.received().problems, [])
})

const line = '{"message":"a"}'
const payloads: [
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string>,
  list: 'serviceChecks' | 'hosts' | 'logs' | 'spans' | 'series',
][] = [
  ['/api/v2/series', bytesOf(part(1, part(2, 'm'))), protobuf, 'series'],
  ['/api/v2/series', '{"series":[{"metric":"m","points":[]}]}', {}, 'series'],
  ['/api/v1/check_run', '[{"check":"c","status":0}]', {}, 'serviceChecks'],
  ['/intake/', '{"host-tags":{}}', {}, 'hosts'],
  ['/api/v2/logs', `[${line}]`, {}, 'logs'],
  ['/v1/input', line, {}, 'logs'],
  ['/api/v0.2/traces', bytesOf(part(5, part(6, part(3, part(1, 's'))))), protobuf, 'spans'],
]

for (const [path, body, headers, list] of payloads)
  test(`${path} takes ${headers['content-type'] ?? 'application/json'} by gzip and deflate`, async (t) => {
    const intake = await intakeFor(t)
    for (const [encoding, compress] of [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
    ] as const) {
      const sent = { ...headers, 'content-encoding': encoding }
      t.true((await post(intake, path, new Uint8Array(compress(body)), sent)).ok)
      t.deepEqual(intake.received()[list].at(-1)?.encoding, {
        path,
        contentType: headers['content-type'] ?? 'application/json',
        contentEncoding: encoding,
        form: headers['content-type'] === undefined ? 'json' : 'protobuf',
      })
    }
    t.is(intake.received()[list].length, 2)
  })

test('a frame of several blocks that does not tell its size is whole', (t) => {
  t.is(decompress(frames.long, 'zstd', limit).toString(), longText)
})

test('an empty body is empty in every encoding', (t) => {
  for (const [encoding] of compressed) t.is(decompress(Buffer.alloc(0), encoding, limit).length, 0)
})

test('an unknown encoding is refused with 415 and told', async (t) => {
  const intake = await intakeFor(t)
  for (const encoding of ['br', 'gzip, deflate', 'constructor']) {
    const answer = await post(intake, '/api/v1/series', framed, { 'content-encoding': encoding })
    t.is(answer.status, 415, encoding)
    t.is(
      intake.received().problems.at(-1),
      `POST /api/v1/series (application/json, ${encoding}): the Content-Encoding ${encoding} is unknown here`,
    )
  }
  t.deepEqual(intake.received().series, [])
})

test('damaged and truncated bodies are refused in every encoding, and told', async (t) => {
  const intake = await intakeFor(t)
  for (const [encoding, body] of compressed.filter(([name]) => name !== 'identity'))
    for (const damaged of [body.subarray(0, -1), body.subarray(0, 12), Buffer.from(framed)]) {
      const headers = { 'content-encoding': encoding }
      t.is((await post(intake, '/api/v1/series', new Uint8Array(damaged), headers)).status, 400, encoding)
      t.true((intake.received().problems.at(-1) ?? '').includes(`${encoding}): the body is not compressed by`))
    }
  t.is(
    (await post(intake, '/api/v1/series', new Uint8Array(deflateRawSync(framed)), { 'content-encoding': 'deflate' }))
      .status,
    400,
  )
  t.deepEqual(intake.received().series, [])
})

test('a body that is too large, as it came or decompressed, is refused', (t) => {
  const code = { code: 'E_INTAKE_SIZE', message: 'the body has more than 1000000 bytes' }
  t.throws(() => decompress(Buffer.from(many), 'identity', limit), code)
  t.throws(() => decompress(gzipSync(many), 'gzip', limit), code)
  t.throws(() => decompress(deflateSync(many), 'deflate', limit), code)
  t.throws(() => decompress(frames.long, 'zstd', longText.length - 1), { code: 'E_INTAKE_SIZE' })
  t.is(decompress(frames.long, 'zstd', longText.length).length, longText.length)
})

test('50 MB are taken; one byte more is answered with 413', async (t) => {
  const intake = await intakeFor(t)
  const body = new Uint8Array(50_000_001).fill(0x20)
  t.is((await post(intake, '/api/v2/logs', body.subarray(1))).status, 202)
  t.is((await post(intake, '/api/v2/logs', body)).status, 413)
  t.regex(intake.received().problems[0] ?? '', /more than 50000000 bytes/)
})
