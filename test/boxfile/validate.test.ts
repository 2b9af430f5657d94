import test from 'ava'
import { bare, refused } from './_files.ts'

const hints: readonly (readonly [what: string, text: string, next: RegExp])[] = [
  ['a version that YAML reads as a number', bare.replace('7.83.0', '7.83'), /^change it to the expected value/],
  [
    'a version of an app that YAML reads as a number',
    `${bare}app: { port: 1, service: a, env: b, version: 1.0 }\n`,
    /^quote it: "1\.0"$/,
  ],
  ['a list of tags written as text', bare.replace('7.83.0', '7.83.0, tags: "env:a, b:c"'), /^write a list/],
  ['a blank after the colon of a tag', bare.replace('7.83.0', '7.83.0, tags: [env: a]'), /^write env:a without/],
  ['a tag in capitals', bare.replace('7.83.0', '7.83.0, tags: [Env:a]'), /lower case/],
  ['yes for true', bare.replace('7.83.0', '7.83.0, logs: yes'), /^write true$/],
  ['a number in quotes', `${bare}app: { port: "1", service: a, env: b, version: c }\n`, /^remove the quotes$/],
  ['a number that is too small', `${bare}refresh: { days: 0 }\n`, /^change it/],
  ['a number that is taken', `${bare}app: { port: 22, service: a, env: b, version: c }\n`, /^change it/],
  ['an empty file', '', /^add box, version, base and agent$/],
  ['a word for a map', `${bare}database: mysql\n`, /^write a map/],
  ['something missing', bare.replace('version: 1.0.0\n', ''), /^add version$/],
  ['a tag twice', bare.replace('7.83.0', '7.83.0, tags: [a:b, a:b]'), /./],
  ['a site that Datadog does not have', bare.replace('7.83.0', '7.83.0, site: datadog.com'), /./],
]

for (const [what, text, next] of hints)
  test(`the error of ${what} says what to do`, async (t) => {
    t.regex((await refused(t, text)).details.next ?? '', next)
  })
