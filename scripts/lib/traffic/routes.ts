// Picks routes by their shares.

import { BoxhoundError } from '../_helpers/errors.ts'

export interface Route {
  readonly path: string
  readonly weight: number
}

/**
 * The routes that are called, with their weights.
 *
 * @param shares weights by path, as the box file gives them; none: all routes alike.
 * @throws BoxhoundError E_TRAFFIC when the app that runs has none of them.
 */
export const weightedRoutes = (paths: readonly string[], shares: Readonly<Record<string, number>>): Route[] => {
  const equal = Object.keys(shares).length === 0
  const routes = paths.flatMap((path) => {
    const weight = equal ? 1 : shares[path]
    return weight === undefined ? [] : [{ path, weight }]
  })
  if (routes.length > 0) return routes
  throw new BoxhoundError('E_TRAFFIC', 'the app on this machine has none of the routes of app.traffic', {
    expected: `one of ${paths.join(', ')}`,
    found: Object.keys(shares).join(', '),
    next: 'bake the box again',
  })
}

/**
 * A function that names the next route, so that shares are exact over each round and evenly spread within it. Nothing is random: two runs
 * send the same.
 */
export const routePicker = (routes: readonly Route[]): (() => string) => {
  const total = routes.reduce((sum, { weight }) => sum + weight, 0)
  const credits = routes.map(() => 0)
  return () => {
    let best = 0
    routes.forEach(({ weight }, index) => {
      credits[index] = (credits[index] ?? 0) + weight
      if ((credits[index] ?? 0) > (credits[best] ?? 0)) best = index
    })
    credits[best] = (credits[best] ?? 0) - total
    return routes[best]?.path ?? '/'
  }
}
