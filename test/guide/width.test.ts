import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('guide')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `guide/${name}`),
]

/** Lines of prose; tables, examples and a lone code span can't be wrapped. */
const prose = (text: string): string[] => {
  let isExample = false
  return text.split('\n').filter((line) => {
    if (line.trimStart().startsWith('```')) isExample = !isExample
    return !isExample && !line.startsWith('|') && !/^`[^`]+`$/.test(line)
  })
}

for (const page of pages)
  test(`prose of ${page} is at most 120 columns wide`, (t) => {
    t.deepEqual(
      prose(readFileSync(page, 'utf8')).filter((line) => line.length > 120),
      [],
    )
  })

test('the README is at most 120 lines long', (t) => {
  t.true(readFileSync('README.md', 'utf8').trimEnd().split('\n').length <= 120)
})
