import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'

const folders = [
  'scripts',
  'suite',
  'provision',
  'packer',
  'disk',
  'container',
  'lab',
  'test',
  'boxes',
  'guide',
  'lint',
]

/** Names of pages that tests make up. */
const madeUp = ['guide/PAGE.md', 'src/README.md', 'lab/base/README.md']

/** Pages of documentation that a file names, such as `guide/faults.md`; addresses and patterns are left out. */
const citations = (folder: string): { path: string; page: string }[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|py|sh|hbs|yaml|md|rb)$/.test(entry.name))
    .filter((entry) => !entry.parentPath.includes('test/rendered'))
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name)
      const text = readFileSync(path, 'utf8')
      return [...text.matchAll(/(?<![\w/.:*${}-])([\w-]+(?:\/[\w-]+)*\.md)\b/g)].map(([, page = '']) => ({
        path,
        page,
      }))
    })

/** A page is named from the root, from guide/, or from the folder of who names it. */
const resolves = ({ path, page }: { path: string; page: string }): boolean =>
  ['.', 'guide', dirname(path)].some((folder) => existsSync(join(folder, page)))

test('every page that a file names is in the repository', (t) => {
  const lost = folders.flatMap(citations).filter((citation) => !madeUp.includes(citation.page) && !resolves(citation))
  t.deepEqual(
    lost.map(({ path, page }) => `${path}: ${page}`),
    [],
  )
})
