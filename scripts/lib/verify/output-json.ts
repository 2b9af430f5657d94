// Finds JSON after other text.

import { documentIn } from '../_helpers/json.ts'

/**
 * The JSON document in a command's output. `datadog-agent check` may print text before it (guide/agent-contract.md), so
 * everything before the first bracket that starts a valid document is skipped.
 *
 * @returns undefined if there is none.
 */
export const jsonIn = (output: string): unknown => documentIn(output)
