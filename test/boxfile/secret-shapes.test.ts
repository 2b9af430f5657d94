import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import test from 'ava'
import { secretShapes } from '../../scripts/lib/box/secret-shapes.ts'
import { findIn, patternsFor } from '../../scripts/lib/proof/patterns.ts'

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

/** The kinds that the probe of a running machine finds in each text, by its own three expressions and no file system. */
const probed = (texts: readonly string[]): string[][] => {
  const source = read('suite/box/probes/secrets.py')
  const lines = source.slice(source.indexOf('SHAPES: dict'), source.indexOf('# Keys that this instance'))
  const script = `import json, re, sys
INPUT = json.load(sys.stdin)
${lines}
kinds = {'private key': PRIVATE, 'API or application key': KEY, 'login in an address': LOGIN}
print(json.dumps([[kind for kind, one in kinds.items() if one.search(text.encode('latin-1'))] for text in INPUT['texts']]))`
  const input = JSON.stringify({ shapes: secretShapes, texts })
  return JSON.parse(execFileSync('python3', ['-c', script], { input, encoding: 'utf8' })) as string[][]
}

const patterns = patternsFor({ hostName: 'no-such-host', own: [] })
const kinds = ['private key', 'API or application key', 'login in an address']
const proved = (text: string): string[] => {
  const bytes = Buffer.from(text, 'latin1')
  const found = new Set(findIn(bytes, patterns, bytes.length).map(({ kind }) => kind))
  return kinds.filter((kind) => found.has(kind))
}

const body = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE'
const secrets: readonly [string, string][] = [
  [`-----BEGIN PRIVATE KEY-----\n${body}`, 'private key'],
  [`-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\n\r\n${body}`, 'private key'],
  [`"-----BEGIN OPENSSH PRIVATE KEY-----\\n${body}"`, 'private key'],
  ['DD_API_KEY=0123456789abcdef0123456789ABCDEF', 'API or application key'],
  ['"application-key": "0123456789abcdef0123456789abcdef01234567"', 'API or application key'],
  ['http://build:Tr0ub4dor@mirror.example/', 'login in an address'],
  ['# proxy: https://build:hunter2@10.0.0.1:3128', 'login in an address'],
  ['redis://:hunter2@cache.example', 'login in an address'],
]

const examples = [
  'http://<USERNAME>:<PASSWORD>@<PROXY_SERVER_FOR_HTTPS>:<PORT>',
  'http://<USERNAME>:<PASSWORD>@proxy.example:3128',
  'https://user:password@proxy_for_https:8080',
  'http://USER:PASSWORD@PROXY:3128',
  'mongodb://datadog:your_password@localhost',
  'postgres://user:passwd1@host',
  'https://%%env_USER%%:%%env_PASS%%@host',
  'amqp://guest:guest@127.0.0.1:5672',
  'redis://:<PASSWORD>@cache.example redis://:password@cache.example',
  ['http://me:$', '{PASS}@host http://me:$PASS@host http://me:{password}@host http://me:****@host'].join(''),
  '-----BEGIN PRIVATE KEY-----\n<BASE64>\n-----END PRIVATE KEY-----',
  'api_key: <32 digits>, api_key: ENC[handle], api_key: ***************************bcdef',
]

test('what is a secret is one for the proof of a disk and for the probe of a machine', (t) => {
  const found = probed(secrets.map(([text]) => text))
  for (const [index, [text, kind]] of secrets.entries()) {
    t.deepEqual(found[index], [kind], text)
    t.deepEqual(proved(text), [kind], text)
  }
})

test('what documentation writes in the place of a secret is none for either', (t) => {
  const found = probed(examples)
  for (const [index, text] of examples.entries()) {
    t.deepEqual(found[index], [], text)
    t.deepEqual(proved(text), [], text)
  }
})

test('the example files that the lab’s package brings, as the real one does, hold no secret', (t) => {
  const files = ['datadog.yaml.example', 'mysql.yaml.example', 'http_check.yaml.example']
  const texts = files.map((file) => read(`lab/agent/debian/${file}`))
  t.regex(texts.join('\n'), /:\/\/<USERNAME>:<PASSWORD>@/, 'or they would prove nothing')
  t.deepEqual(probed(texts), [[], [], []])
})
