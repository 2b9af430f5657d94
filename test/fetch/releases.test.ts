import test from 'ava'
import { compareReleases, newestRelease, parseRelease, releaseOf } from '../../scripts/lib/fetch/releases.ts'

const index = new URL('https://images.example/releases/noble/')
const newest = (html: string): string => newestRelease(html, index).name

/** A row as Apache's mod_autoindex writes it. */
const row = (href: string): string =>
  `<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="${href}">${href}</a></td><td align="right">2026-07-25 10:00  </td></tr>`

test('the newest by date, then by the number of that day, whatever the order of the listing', (t) => {
  const names = [
    'release-20260725/',
    'release/',
    'release-20260801.2/',
    'release-20260801/',
    'release-20260801.10/',
    'release-20251231/',
  ]
  t.is(newest(names.map(row).join('\n')), 'release-20260801.10')
  t.is(newest([...names].reverse().map(row).join('\n')), 'release-20260801.10')
})

test('links are read however a server writes them', (t) => {
  for (const link of [
    `<a href="release-20260725/">`,
    `<a href="release-20260725">`,
    `<A class=x HREF = 'release-20260725/'>`,
    `<a href=release-20260725/>`,
    `<a title="x" href="./release-20260725/">`,
    `<a href="/releases/noble/release-20260725/">`,
    `<a href="https://images.example/releases/noble/release-20260725/">`,
    `<a href="release-20260725/?C=N;O=D">`,
  ])
    t.is(newest(link), 'release-20260725', link)
})

test('other folders, files in releases, text and look-alikes do not count', (t) => {
  const html = [
    '<a href="../jammy/release-20270101/">release-20270101/</a>',
    '<a href="https://other.example/releases/noble/release-20270102/">x</a>',
    '<a href="release-20270103/unpacked/">x</a>',
    '<a href="release-2027010/">x</a><a href="release-20270104-beta/">x</a><a href="daily-20270105/">x</a>',
    '<a href="http://[">x</a><a href="release-20270106%2f..%2f/">x</a>',
    'release-20270107/',
    '<link href="release-20270108/">',
  ].join('\n')
  t.is(newest(`${html}<a href="release-20260101/">`), 'release-20260101')
  const error = t.throws(() => newest(html), { code: 'E_RELEASES' })
  t.regex(error.message, /^no release in the listing of https:\/\/images\.example\/releases\/noble\/$/)
  t.throws(() => newest(''), { code: 'E_RELEASES' })
})

test('names are taken apart and compared', (t) => {
  t.deepEqual(parseRelease('release-20260725.3'), { name: 'release-20260725.3', date: 20260725, serial: 3 })
  for (const name of [
    'release-20260725.',
    'release-20260725.1.2',
    'release',
    'xrelease-20260725',
    'release-20260725\n',
  ])
    t.is(parseRelease(name), undefined, name)
  const [a, b] = ['release-20260725', 'release-20260725.1'].map((name) => parseRelease(name))
  if (a === undefined || b === undefined) return t.fail()
  t.true(compareReleases(a, b) < 0 && compareReleases(b, a) > 0 && compareReleases(a, a) === 0)
})

test('an address is one of the publisher’s only below its folder, in a release, under its file name', (t) => {
  const of = (image: string): string | undefined => releaseOf(image, 'https://h/noble', 'u.img')?.name
  t.is(of('https://h/noble/release-20260725/u.img'), 'release-20260725')
  for (const image of [
    'https://h/noble/release-20260725/other.img',
    'https://h/noble/release-20260725/x/u.img',
    'https://h/noble/current/u.img',
    'https://h/noblex/release-20260725/u.img',
    'http://h/noble/release-20260725/u.img',
    '/srv/u.img',
  ])
    t.is(of(image), undefined, image)
})
