import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/types.ts'
import { expectationsOf } from './expectations.ts'
import { keptExpectation, keptMirrors } from './kept.ts'
import { renderLayers } from './layers.ts'
import { parseData } from './parse-data.ts'
import type { Rendered } from './types.ts'

/**
 * Renders everything that goes into a box's image and what the suite must see of it. Reads the project, writes nothing, starts nothing.
 *
 * @throws BoxhoundError E_TEMPLATE, E_LAYER, E_CHECK or E_BOX_FILE with the file and line to mend; YAML and JSON are parsed again here
 *   (fault 7), other languages by `parseBack`.
 */
export const renderBox = async (box: Box, project: Project): Promise<Rendered> => {
  const kept = await keptMirrors(box)
  const layers = renderLayers(box, project, kept)
  parseData(layers.flatMap(({ files, scripts, data }) => [...files, ...scripts, ...data]))
  const expectations = expectationsOf(box, layers, project)
  return {
    box,
    layers,
    expectations: kept === undefined ? expectations : { ...expectations, kept: keptExpectation(kept) },
  }
}
