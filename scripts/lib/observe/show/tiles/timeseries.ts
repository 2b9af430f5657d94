// A graph.

import { type JsonObject, objectOf, objectsOf } from '../../../_helpers/json.ts'
import { chart } from '../chart.ts'
import { type Graph, graphOf } from '../graph.ts'
import { markersOf } from '../marker.ts'
import { readRequest, resultsOf } from '../request.ts'
import { originOf, type Scene, windowOf } from '../scene.ts'
import type { Body } from './body.ts'

/** Lines, bars and areas over time. */
export const timeseries = (definition: JsonObject, title: string, scene: Scene): Body => {
  const requests = objectsOf(definition.requests).map(readRequest)
  const queries = requests.flatMap((request) => [...request.queries.values()])
  const window = windowOf(queries, scene)
  const all = requests.map((request) => ({ request, results: resultsOf(request, scene, window) }))
  const graphs: Graph[] = []
  for (const { request, results } of all)
    graphs.push(
      graphOf(
        request,
        results,
        graphs.reduce((count, { lines }) => count + lines.length, 0),
      ),
    )
  const name = title === '' ? (queries[0] ?? 'timeseries') : title
  return {
    title: name,
    origin: originOf(queries, scene),
    content: chart({
      title: name,
      graphs,
      window,
      zone: scene.timezone,
      yaxis: objectOf(definition.yaxis),
      markers: markersOf(definition),
      quantity: all[0]?.results[0]?.quantity ?? 'plain',
      hasLegend: definition.show_legend !== false,
    }),
  }
}
