// Renders the log sources of a box file.

import type { Project } from '../_helpers/paths.ts'
import type { Box, LogSource } from '../box/box.ts'
import { confOf } from './checks.ts'
import { inlineFile } from './inline-conf.ts'
import type { RenderedFile } from './rendered-box.ts'

/** How the Agent names a log source: after the folder of its configuration. */
export const logIntegration = (name: string): string => `boxhound_${name}`

/**
 * The conf.yaml of a log source. A journald source has an id of its own: of two without one, the Agent follows only the first.
 *
 * @throws BoxhoundError E_SECRET or E_CONF (exit code 2) with the line of the box file.
 */
export const logConf = ({ name, config }: LogSource, box: Box, project: Project): RenderedFile => {
  const entry = config.type === 'journald' ? { ...config, config_id: name } : config
  const place = { path: confOf(logIntegration(name)), base: ['logs', name], below: ['logs', 0] }
  return inlineFile({ logs: [entry] }, place, box, project)
}
