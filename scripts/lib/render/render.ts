// Renders a box.

import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import { expectationsOf } from './expectations.ts'
import { keptExpectation, keptMirrors } from './kept.ts'
import { renderLayers } from './layers.ts'
import { ownTests } from './own-tests.ts'
import { parseData } from './parse-data.ts'
import { assertPython } from './python.ts'
import type { Rendered } from './rendered-box.ts'

/**
 * Renders everything that goes into a box's image, and the expectations of the suite. Reads the project, writes nothing, and only
 * starts Python, to compile the guest's files.
 *
 * @throws BoxhoundError E_TEMPLATE, E_LAYER, E_CHECK, E_PYTHON or E_BOX_FILE (exit code 2) with file and line; YAML and JSON are checked here
 *   (fault 7), other languages by `parseBack`.
 */
export const renderBox = async (box: Box, project: Project): Promise<Rendered> => {
  const kept = await keptMirrors(box)
  const layers = renderLayers(box, project, kept)
  const files = layers.flatMap(({ files: own, scripts, data }) => [...own, ...scripts, ...data])
  // Python compiles while the rest is parsed here; what is wrong there is told when all else is right.
  const compiled = assertPython(files, box.base.system.python)
  compiled.catch(() => undefined)
  parseData(files)
  const tests = await ownTests(box.file, project)
  const expectations = expectationsOf(box, layers, project)
  await compiled
  return {
    box,
    layers,
    expectations: {
      ...expectations,
      ...(tests.length === 0 ? {} : { tests }),
      ...(kept === undefined ? {} : { kept: keptExpectation(kept) }),
    },
  }
}
