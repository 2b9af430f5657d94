import test from 'ava'
import { absentPathsOf, matching, plantedPath } from '../../scripts/lib/proof/absent.ts'
import { lab } from '../verify/_expectations.ts'

test('every pattern finds what is planted for it', (t) => {
  for (const { paths } of absentPathsOf(lab.database))
    for (const pattern of paths)
      t.deepEqual(matching(pattern, ['/etc', plantedPath(pattern)]), [plantedPath(pattern)], pattern)
})

test('a star stands for part of one name, and a dot for itself', (t) => {
  t.deepEqual(matching('/var/log/*.log', ['/var/log/a.log', '/var/log/a/b.log', '/var/log/alog']), ['/var/log/a.log'])
})

test('no planted file is the folder of another', (t) => {
  const planted = absentPathsOf(lab.database).flatMap(({ paths }) => paths.map(plantedPath))
  for (const path of planted)
    t.false(
      planted.some((other) => other.startsWith(`${path}/`)),
      path,
    )
})

test('what an engine’s folder adds belongs to images with a database alone', (t) => {
  const all = (database: typeof lab.database): string[] => absentPathsOf(database).flatMap(({ paths }) => paths)
  t.true(all(lab.database).includes('/var/lib/mysql/auto.cnf'))
  t.false(all(null).includes('/var/lib/mysql/auto.cnf'))
})
