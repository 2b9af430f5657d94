// The zod schema of what a box file says of the Agent's configuration.

import * as z from 'zod'

const config = z
  .record(z.string(), z.unknown(), 'a map of the Agent’s settings such as { log_level: debug }')
  .refine((settings) => Object.keys(settings).length > 0, 'at least one setting such as { log_level: debug }')
  .meta({
    description: 'Further settings of datadog.yaml, merged over boxhound’s own: maps key by key, lists as a whole',
    minProperties: 1,
    examples: [{ log_level: 'debug', apm_config: { max_traces_per_second: 5 } }],
  })

/** Keys of `agent`. */
export const agentKeys = {
  config: config.optional(),
}
