import test from 'ava'
import fc from 'fast-check'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { routePicker, weightedRoutes } from '../../scripts/lib/traffic/routes.ts'

const count = (pick: () => string, calls: number): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (let call = 0; call < calls; call++) {
    const path = pick()
    counts[path] = (counts[path] ?? 0) + 1
  }
  return counts
}

test('shares are kept exactly, and evenly on the way', (t) => {
  const routes = weightedRoutes(['/', '/api/apm', '/api/trace'], { '/': 70, '/api/apm': 20, '/api/trace': 10 })
  t.deepEqual(count(routePicker(routes), 1000), { '/': 700, '/api/apm': 200, '/api/trace': 100 })
  t.deepEqual(count(routePicker(routes), 10), { '/': 7, '/api/apm': 2, '/api/trace': 1 })
})

test('without shares all routes are alike; with shares those without one are left out', (t) => {
  t.deepEqual(count(routePicker(weightedRoutes(['/', '/a'], {})), 10), { '/': 5, '/a': 5 })
  t.deepEqual(weightedRoutes(['/', '/a'], { '/a': 3 }), [{ path: '/a', weight: 3 }])
  const error = t.throws<BoxhoundError>(() => weightedRoutes(['/'], { '/old': 1 }))
  t.is(error?.code, 'E_TRAFFIC')
})

test('no route is ever further than one call from its share', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 500 }),
      (weights, calls) => {
        const routes = weights.map((weight, index) => ({ path: `/${index}`, weight }))
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const counts = count(routePicker(routes), calls)
        return routes.every(
          ({ path, weight }) => Math.abs((counts[path] ?? 0) - (calls * weight) / total) <= weights.length,
        )
      },
    ),
  )
  t.pass()
})
