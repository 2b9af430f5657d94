// A bake's task list, run by test/bake/progress.test.ts on a terminal.
import { progressFor } from '../../scripts/lib/bake/progress.ts'

const progress = progressFor('terminal')(['image', 'base', 'agent', 'seal'])
progress.ended('image', { kind: 'cached', bytes: 1 })
progress.started('base')
progress.ended('base', { kind: 'built', seconds: 2, bytes: 3 })
progress.started('agent')
progress.ended('agent', { kind: 'failed', seconds: 4 })
await progress.close()
console.log('closed')
