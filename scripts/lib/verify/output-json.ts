// Finds JSON after text.

import { documentIn } from '../_helpers/json.ts'

/**
 * The JSON document in a command's output: `datadog-agent check` may print text before it (guide/agent-contract.md), so everything
 * up to the first bracket from which a document parses is skipped.
 *
 * @returns undefined when there is none.
 */
export const jsonIn = (output: string): unknown => documentIn(output)
