import test from 'ava'
import { absentPathsOf, matching } from '../../scripts/lib/proof/absent.ts'
import { evidence } from './_evidence.ts'

const paths = evidence.published.survey.entries.map(([path]) => path)
const plantedPaths = evidence.planted.survey.entries.map(([path]) => path)

/** Files that a box with mirrors.keep has on purpose; _traces.ts judges the certificates. */
const isKept = (path: string): boolean =>
  evidence.kept !== null && /^\/etc\/pip\.conf$|^\/usr\/local\/share\/ca-certificates\/boxhound-\d+\.crt$/.test(path)

test('the survey saw a whole file system', (t) => {
  t.true(paths.length > 5000, `${paths.length} entries`)
  t.true(paths.includes('/usr/bin/dpkg'))
})

for (const { fault, title, paths: patterns } of absentPathsOf(evidence.database))
  for (const pattern of patterns) {
    test(`fault ${fault}: ${pattern} is not in the image (${title})`, (t) =>
      t.deepEqual(
        matching(pattern, paths).filter((path) => !isKept(path)),
        [],
      ))
    test(`control of fault ${fault}: a planted ${pattern} is found`, (t) =>
      t.true(matching(pattern, plantedPaths).length > 0))
  }
