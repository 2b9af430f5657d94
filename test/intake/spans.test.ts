import test from 'ava'
import { bytesOf, double, fixed, part, whole } from './_bytes.ts'
import { intakeFor, post, protobuf } from './_intake.ts'

const most = 2n ** 64n - 1n
const beyond = 2n ** 53n + 1n

const span = [
  ...part(1, 'shop'),
  ...part(2, 'flask.request'),
  ...part(3, 'GET /'),
  ...whole(4, most),
  ...whole(5, beyond),
  ...whole(6, 0),
  ...whole(7, 1_700_000_000_123_456_789n),
  ...whole(8, 1_500_000),
  ...whole(9, 1),
  ...part(10, [...part(1, 'http.method'), ...part(2, 'GET')]),
  ...part(10, [...part(1, '_dd.p.tid'), ...part(2, '6553f10000000000')]),
  ...part(11, [...part(1, '_sampling_priority_v1'), ...double(2, 1)]),
  ...part(12, 'web'),
  ...part(13, [...part(1, 'appsec'), ...part(2, [0x81, 0xa1])]),
  ...part(14, whole(1, 7)),
]

test('an AgentPayload is decoded, with numbers of 64 bits whole', async (t) => {
  const intake = await intakeFor(t)
  const body = bytesOf(
    part(1, 'web-1'),
    part(2, 'none'),
    part(5, [
      ...part(2, 'python'),
      ...part(3, '3.12'),
      ...part(4, '3.10.0'),
      ...part(6, [...whole(1, 1), ...part(2, 'rum'), ...part(3, span), ...part(4, [...part(1, 'a'), ...part(2, 'b')])]),
      ...part(8, 'lab'),
    ]),
    part(6, [...part(1, 'a'), ...part(2, 'b')]),
    part(7, '7.83.0'),
    double(8, 10),
    whole(10, 1),
    part(12, 'full'),
  )
  const answer = await post(intake, '/api/v0.2/traces', body, protobuf)
  t.is(answer.status, 200)
  t.deepEqual(intake.received().spans, [
    {
      service: 'shop',
      name: 'flask.request',
      resource: 'GET /',
      traceId: '18446744073709551615',
      spanId: '9007199254740993',
      parentId: '0',
      error: 1,
      start: '1700000000123456789',
      duration: '1500000',
      meta: { 'http.method': 'GET', '_dd.p.tid': '6553f10000000000' },
      metrics: { _sampling_priority_v1: 1 },
      host: 'web-1',
      env: 'lab',
      encoding: {
        path: '/api/v0.2/traces',
        contentType: 'application/x-protobuf',
        contentEncoding: 'identity',
        form: 'protobuf',
      },
    },
  ])
  t.deepEqual(intake.received().problems, [])
  t.deepEqual(JSON.parse(JSON.stringify(intake.received().spans)), intake.received().spans)
})

test("a tracer's own host comes first, and the Agent's env where the tracer has none", async (t) => {
  const intake = await intakeFor(t)
  const body = bytesOf(
    part(1, 'web-1'),
    part(2, 'lab'),
    part(5, [...part(6, part(3, part(1, 'a'))), ...part(9, 'container-1')]),
    part(5, part(6, [...part(3, part(1, 'b')), ...part(3, part(1, 'c'))])),
  )
  t.is((await post(intake, '/api/v0.2/traces', body, protobuf)).status, 200)
  t.deepEqual(
    intake.received().spans.map(({ service, host, env, meta, traceId }) => [service, host, env, meta, traceId]),
    [
      ['a', 'container-1', 'lab', {}, '0'],
      ['b', 'web-1', 'lab', {}, '0'],
      ['c', 'web-1', 'lab', {}, '0'],
    ],
  )
})

const strings = [
  '',
  'shop',
  'flask.request',
  'GET /',
  'http.method',
  'GET',
  'lab',
  'retries',
  'ratio',
  'sampled',
  '1.4',
]

/** A payload with a table of strings. */
const indexed = (chunk: readonly number[]): number[] => [
  ...strings.flatMap((text) => part(1, text)),
  ...whole(7, 6),
  ...part(11, chunk),
]

const indexedSpan = (more: readonly number[] = []): number[] => [
  ...whole(1, 1),
  ...whole(2, 2),
  ...whole(3, 3),
  ...fixed(4, beyond),
  ...whole(5, most),
  ...fixed(6, 1_700_000_000_123_456_789n),
  ...whole(7, 1_500_000),
  ...whole(8, 1),
  ...more,
]

test('spans with a table of strings come out in the same form', async (t) => {
  const intake = await intakeFor(t)
  const attributes = [
    ...part(9, [...whole(1, 4), ...part(2, whole(1, 5))]),
    ...part(9, [...whole(1, 9), ...part(2, whole(2, 1))]),
    ...part(9, [...whole(1, 8), ...part(2, double(3, 0.5))]),
    ...part(9, [...whole(1, 7), ...part(2, whole(4, -3))]),
    ...part(9, [...whole(1, 4), ...part(2, part(6, []))]),
    ...part(9, whole(1, 4)),
    ...whole(14, 10),
    ...whole(15, 2),
    ...whole(16, 2),
  ]
  const identity = [...Buffer.from('6553f10000000000ffffffffffffffff', 'hex')]
  const chunk = [...whole(1, 1), ...part(4, indexedSpan(attributes)), ...part(6, identity)]
  const body = bytesOf(part(1, 'web-1'), part(11, indexed(chunk)))
  t.is((await post(intake, '/api/v0.2/traces', body, protobuf)).status, 200)
  t.deepEqual(
    intake.received().spans.map(({ encoding, ...one }) => one),
    [
      {
        service: 'shop',
        name: 'flask.request',
        resource: 'GET /',
        traceId: '18446744073709551615',
        spanId: '9007199254740993',
        parentId: '18446744073709551615',
        error: 1,
        start: '1700000000123456789',
        duration: '1500000',
        meta: {
          '_dd.p.tid': '6553f10000000000',
          'http.method': 'GET',
          sampled: 'true',
          version: '1.4',
          component: 'flask.request',
          'span.kind': 'server',
        },
        metrics: { ratio: 0.5, retries: -3 },
        host: 'web-1',
        env: 'lab',
      },
    ],
  )
})

test('the identity of a trace may be short or missing in a payload with a table of strings', async (t) => {
  const intake = await intakeFor(t)
  for (const chunk of [[...part(4, indexedSpan()), ...part(6, [0xaf])], part(4, indexedSpan())])
    await post(intake, '/api/v0.2/traces', bytesOf(part(11, indexed(chunk))), protobuf)
  t.deepEqual(
    intake.received().spans.map(({ traceId, meta }) => [traceId, meta]),
    [
      ['175', {}],
      ['0', {}],
    ],
  )
})

test('bytes that are no AgentPayload are refused, and so are places beyond the table of strings', async (t) => {
  const intake = await intakeFor(t)
  for (const [body, problem] of [
    [bytesOf([0x2a, 0x7f, 0x01]), /not a protobuf AgentPayload/],
    [Uint8Array.from(Buffer.from('[[{"service":"shop"}]]')), /not a protobuf AgentPayload/],
    [bytesOf(part(11, indexed(part(4, whole(1, 11))))), /string 11 of a table of 11/],
  ] as const) {
    t.is((await post(intake, '/api/v0.2/traces', body, protobuf)).status, 400)
    t.regex(intake.received().problems.at(-1) ?? '', problem)
  }
  t.deepEqual(intake.received().spans, [])
})

test('statistics of traces are counted and not read', async (t) => {
  const intake = await intakeFor(t)
  for (const _ of [1, 2])
    t.is(
      (await post(intake, '/api/v0.2/stats', bytesOf([0x80]), { 'content-type': 'application/msgpack' })).status,
      200,
    )
  t.is(intake.received().stats, 2)
  t.deepEqual(intake.received().others, [])
})
