import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

const listed = [...readFileSync('guide/faults.md', 'utf8').matchAll(/^\| (\d+) \|/gm)].map(([, number]) =>
  Number(number),
)

/** Places that cite a fault by its number: `fault 26`, `faults 25 and 26`, `faults 1, 5 and 9`. */
const citations = (folder: string): { path: string; number: number }[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|py|sh|hbs|yaml)$/.test(entry.name))
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name)
      const text = readFileSync(path, 'utf8')
      return [...text.matchAll(/\bfaults? (\d+(?:(?:,| and| to) \d+)*)\b/g)].flatMap(([, numbers = '']) =>
        [...numbers.matchAll(/\d+/g)].map(([number]) => ({ path, number: Number(number) })),
      )
    })

const cited = ['scripts', 'suite', 'provision', 'packer', 'disk', 'lab', 'container', 'test', 'boxes'].flatMap(
  citations,
)

test('the faults of the guide are numbered without a gap', (t) => {
  t.deepEqual(
    listed,
    listed.map((_, index) => index + 1),
  )
})

test('every fault that code or a test cites is in the guide', (t) => {
  t.deepEqual(
    cited.filter(({ number }) => !listed.includes(number)),
    [],
  )
})
