import test from 'ava'
import { bytesOf, double, part, whole } from './_bytes.ts'
import { intakeFor, post, protobuf } from './_intake.ts'

test('a MetricPayload written byte by byte is decoded', async (t) => {
  const intake = await intakeFor(t)
  const message = Buffer.from(
    [
      '0a 48', // series = 1, 72 bytes
      '0a 0d 0a 04 686f7374 12 05 7765622d31', // resources = 1: type = 1 "host", name = 2 "web-1"
      '12 09 6d795f6d6574726963', // metric = 2: "my_metric"
      '1a 07 656e763a6c6162', // tags = 3: "env:lab"
      '22 0f 09 0000000000c88240 10 80e2cfaa06', // points = 4: value = 1 601.0, timestamp = 2 1700000000
      '28 03', // type = 5: GAUGE
      '32 04 62797465', // unit = 6: "byte"
      '3a 06 53797374656d', // source_type_name = 7: "System"
      '40 2d', // interval = 8: 45
      '4a 00', // metadata = 9, not read
    ]
      .join('')
      .replaceAll(' ', ''),
    'hex',
  )
  t.is(message.length, 74)
  const answer = await post(intake, '/api/v2/series', new Uint8Array(message), protobuf)
  t.is(answer.status, 202)
  t.deepEqual(await answer.json(), { status: 'ok' })
  t.deepEqual(intake.received().series, [
    {
      metric: 'my_metric',
      type: 'gauge',
      points: [[1_700_000_000, 601]],
      tags: ['env:lab'],
      host: 'web-1',
      interval: 45,
      encoding: {
        path: '/api/v2/series',
        contentType: 'application/x-protobuf',
        contentEncoding: 'identity',
        form: 'protobuf',
      },
    },
  ])
  t.deepEqual(intake.received().problems, [])
})

test('every type, several points, a device and no host come out of a MetricPayload', async (t) => {
  const intake = await intakeFor(t)
  const point = (value: number, seconds: number): number[] => part(4, [...double(1, value), ...whole(2, seconds)])
  const body = bytesOf(
    part(1, [...part(2, 'a'), ...point(-0.5, 1), ...point(1e300, 2)]),
    part(1, [
      ...part(2, 'b'),
      ...whole(5, 1),
      ...part(1, [...part(1, 'device'), ...part(2, 'sda')]),
      ...part(3, 'x:y'),
    ]),
    part(1, [...part(2, 'c'), ...whole(5, 2)]),
  )
  t.is((await post(intake, '/api/v2/series', body, protobuf)).status, 202)
  t.deepEqual(
    intake.received().series.map(({ encoding, ...one }) => one),
    [
      {
        metric: 'a',
        type: 'unspecified',
        points: [
          [1, -0.5],
          [2, 1e300],
        ],
        tags: [],
        host: '',
        interval: 0,
      },
      { metric: 'b', type: 'count', points: [], tags: ['x:y', 'device:sda'], host: '', interval: 0 },
      { metric: 'c', type: 'rate', points: [], tags: [], host: '', interval: 0 },
    ],
  )
})

test('the JSON of the second version has the same meaning', async (t) => {
  const intake = await intakeFor(t)
  const body = {
    series: [
      {
        metric: 'my_metric',
        type: 3,
        points: [{ timestamp: 1_700_000_000, value: 601.5 }],
        resources: [
          { type: 'device', name: 'sda' },
          { type: 'host', name: 'web-1' },
        ],
        tags: ['env:lab'],
        interval: 45,
        source_type_name: 'System',
        unit: 'byte',
      },
      { metric: 'bare', points: [] },
    ],
  }
  t.is((await post(intake, '/api/v2/series', JSON.stringify(body))).status, 202)
  const [first, second] = intake.received().series
  t.deepEqual(first, {
    metric: 'my_metric',
    type: 'gauge',
    points: [[1_700_000_000, 601.5]],
    tags: ['env:lab', 'device:sda'],
    host: 'web-1',
    interval: 45,
    encoding: {
      path: '/api/v2/series',
      contentType: 'application/json',
      contentEncoding: 'identity',
      form: 'json',
    },
  })
  t.is(second?.type, 'unspecified')
})

test('the JSON of the first version is read, null for an empty list included', async (t) => {
  const intake = await intakeFor(t)
  const body = {
    series: [
      {
        metric: 'my_metric',
        points: [[1_700_000_000.5, 3]],
        tags: null,
        host: 'web-1',
        type: 'rate',
        interval: 10,
        device: 'sda',
        source_type_name: 'System',
      },
      { metric: 'bare', points: [[1, 2]] },
    ],
  }
  t.is((await post(intake, '/api/v1/series', JSON.stringify(body))).status, 202)
  t.deepEqual(
    intake.received().series.map(({ encoding, ...one }) => one),
    [
      {
        metric: 'my_metric',
        type: 'rate',
        points: [[1_700_000_000.5, 3]],
        tags: ['device:sda'],
        host: 'web-1',
        interval: 10,
      },
      { metric: 'bare', type: 'gauge', points: [[1, 2]], tags: [], host: '', interval: 0 },
    ],
  )
})

test('a payload with one bad series is refused as a whole, and the problem says what is wrong', async (t) => {
  const intake = await intakeFor(t)
  const good = part(1, part(2, 'good'))
  const bad: [string | Uint8Array<ArrayBuffer>, Record<string, string>, RegExp][] = [
    [bytesOf(good, part(1, part(3, 'x:y'))), protobuf, /a series without a name/],
    [bytesOf(good, part(1, [...part(2, 'm'), ...whole(5, 9)])), protobuf, /a series of type 9/],
    [bytesOf(good, part(1, [...part(2, 'm'), ...part(4, double(1, Number.NaN))])), protobuf, /m has the value NaN/],
    [bytesOf(good, [0x0a, 0x20, 0x12]), protobuf, /not a protobuf MetricPayload/],
    ['{"series":[{"metric":"good","points":[]},{"points":[]}]}', {}, /series\.1\.metric/],
    ['{"series":[{"metric":"good","points":[],"type":7}]}', {}, /a series of type 7/],
    ['{"series":{}}', {}, /series: /],
    ['[]', {}, /not a list of series/],
  ]
  for (const [body, headers, problem] of bad) {
    t.is((await post(intake, '/api/v2/series', body, headers)).status, 400, String(problem))
    t.regex(intake.received().problems.at(-1) ?? '', problem)
    t.regex(intake.received().problems.at(-1) ?? '', /^POST \/api\/v2\/series \(application\//)
  }
  t.is((await post(intake, '/api/v1/series', '{"series":[{"metric":"m","points":[[1,"x"]]}]}')).status, 400)
  t.regex(intake.received().problems.at(-1) ?? '', /series\.0\.points\.0\.1/)
  t.deepEqual(intake.received().series, [])
})

test('a body that is JSON is no MetricPayload, whatever its header says', async (t) => {
  const intake = await intakeFor(t)
  t.is((await post(intake, '/api/v2/series', '{"series":[{"metric":"m","points":[]}]}', protobuf)).status, 400)
  t.is(intake.received().problems.length, 1)
})
