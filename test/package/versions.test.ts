import test from 'ava'
import fc from 'fast-check'
import { version as boxVersion } from '../../scripts/lib/box/schema.ts'
import { compareVersions, isVagrantVersion } from '../../scripts/lib/package/versions.ts'
import { has, output } from '../render/_render.ts'

// As Gem::Version of RubyGems 3.3 orders them, oldest first.
const ordered = [
  '0.9.9',
  '1.0.0-alpha',
  '1.0.0-beta',
  '1.0.0-rc2',
  '1.0.0-rc10',
  '1.0.0-1',
  '1.0.0-2',
  '1.0.0-10',
  '1.0.0',
  '1.0.1-a.b',
  '1.0.1',
  '1.0.9',
  '1.0.10',
  '1.2.0',
  '1.10.0',
  '2.0.0',
  '9007199254740993.0.0',
  '9007199254740995.0.0',
]

test('versions stand in Vagrant’s order: numbers by value, a hyphen makes a pre-release', (t) => {
  for (const [index, older] of ordered.entries())
    for (const [behind, newer] of ordered.entries())
      t.is(Math.sign(compareVersions(older, newer)), Math.sign(index - behind), `${older}, ${newer}`)
})

for (const [a, b] of [
  ['1.0.0', '1.0'],
  ['1.0.0', '01.00.0'],
  ['1.0.0-a', '1-a.0'],
] as const)
  test(`${a} and ${b} are the same`, (t) => {
    t.is(compareVersions(a, b), 0)
    t.is(compareVersions(b, a), 0)
  })

for (const version of ['1.0.0+lab', '1.0.0~rc1', '1.0.0-a+b', '1.0.0-.', '1.0.0-a..b', '', 'a'])
  test(`"${version}" is no version to Vagrant`, (t) => {
    t.false(isVagrantVersion(version))
  })

for (const version of ordered)
  test(`${version} is a version to Vagrant`, (t) => {
    t.true(isVagrantVersion(version))
  })

/** What a box file takes, and what it doesn't but looks alike. */
const text = fc
  .tuple(
    fc.array(fc.constantFrom('0', '1', '2', '10', '007', '18446744073709551616'), { minLength: 3, maxLength: 3 }),
    fc.array(fc.constantFrom('-', '.', '+', '~', '0', '1', '10', 'a', 'b', 'rc', 'rc1', 'RC', 'pre'), { maxLength: 6 }),
    fc.constantFrom('', '-'),
  )
  .map(([numbers, rest, hyphen]) => numbers.join('.') + (rest.length === 0 ? '' : hyphen + rest.join('')))

const script = `
STDIN.each_line(chomp: true) do |line|
  a, b = line.split("\\t", -1)
  taken = [a, b].map { |one| Gem::Version.correct?(one) ? 'yes' : 'no' }
  puts [*taken, taken.include?('no') ? '-' : Gem::Version.new(a) <=> Gem::Version.new(b)].join("\\t")
end`

// Without Ruby the table above stands for it; on CI there is one.
const withRuby = has('ruby') || process.env.CI !== undefined ? test : test.skip

withRuby('RubyGems itself takes the same versions and orders them the same way', (t) => {
  let compared = 0
  const batch = fc.array(fc.tuple(text, text), { minLength: 400, maxLength: 400 })
  fc.assert(
    fc.property(batch, (pairs) => {
      const answers = output('ruby', ['-e', script], pairs.map((pair) => `${pair.join('\t')}\n`).join(''))
      const lines = answers.toString('utf8').trimEnd().split('\n')
      t.is(lines.length, pairs.length)
      for (const [index, [a, b]] of pairs.entries()) {
        const [first, second, order] = lines[index]?.split('\t') ?? []
        for (const [version, taken] of [
          [a, first],
          [b, second],
        ] as const)
          if (isVagrantVersion(version) !== (taken === 'yes')) throw new Error(`"${version}": RubyGems says ${taken}`)
        if (order === '-') continue
        compared += 1
        if (compareVersions(a, b) !== Number(order)) throw new Error(`${a} <=> ${b}: RubyGems says ${order}`)
      }
    }),
    // Without shrinking: each try is a start of Ruby.
    { numRuns: 6, endOnFailure: true },
  )
  t.true(compared > 200, `${compared} pairs compared`)
})

test('a box file may have a version that Vagrant doesn’t take, and that is told apart', (t) => {
  for (const version of ['1.0.0', '1.0.0-rc1', '1.0.0+lab', '1.0.0~rc1']) t.true(boxVersion.safeParse(version).success)
  t.deepEqual(
    ['1.0.0', '1.0.0-rc1', '1.0.0+lab', '1.0.0~rc1'].map((version) => isVagrantVersion(version)),
    [true, true, false, false],
  )
})
