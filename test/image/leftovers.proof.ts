import test from 'ava'
import { absentPaths, matching } from '../../scripts/lib/proof/absent.ts'
import { evidence } from './_evidence.ts'

const paths = evidence.published.survey.entries.map(([path]) => path)
const plantedPaths = evidence.planted.survey.entries.map(([path]) => path)

test('the survey saw a whole file system', (t) => {
  t.true(paths.length > 5000, `${paths.length} entries`)
  t.true(paths.includes('/usr/bin/dpkg'))
})

for (const { fault, title, paths: patterns } of absentPaths)
  for (const pattern of patterns) {
    test(`fault ${fault}: ${pattern} is not in the image (${title})`, (t) => t.deepEqual(matching(pattern, paths), []))
    test(`control of fault ${fault}: a planted ${pattern} is found`, (t) =>
      t.true(matching(pattern, plantedPaths).length > 0))
  }
