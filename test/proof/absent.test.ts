import test from 'ava'
import { absentPaths, matching, plantedPath } from '../../scripts/lib/proof/absent.ts'

test('every pattern finds what is planted for it', (t) => {
  for (const { paths } of absentPaths)
    for (const pattern of paths)
      t.deepEqual(matching(pattern, ['/etc', plantedPath(pattern)]), [plantedPath(pattern)], pattern)
})

test('a star stands for part of one name, and a dot for itself', (t) => {
  t.deepEqual(matching('/var/log/*.log', ['/var/log/a.log', '/var/log/a/b.log', '/var/log/alog']), ['/var/log/a.log'])
})

test('no planted file is the folder of another', (t) => {
  const planted = absentPaths.flatMap(({ paths }) => paths.map(plantedPath))
  for (const path of planted)
    t.false(
      planted.some((other) => other.startsWith(`${path}/`)),
      path,
    )
})
