// What test/cache/lock.test.ts runs in PID namespaces of their own: _elsewhere.ts CACHE hold|take.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryName } from '../../scripts/lib/_helpers/atomic.ts'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { clearDeadRuns, makeWorkFolder } from '../../scripts/lib/cache/leftovers.ts'
import { takeLock } from '../../scripts/lib/cache/lock.ts'

const [cache = '', mode] = process.argv.slice(2)
const project = { tool: cache, root: cache, out: join(cache, 'out'), cache }

if (mode === 'hold') {
  await takeLock('box-lab', 'bake lab', project)
  await makeWorkFolder('bake lab', [], project)
  await mkdir(join(cache, 'layers'), { recursive: true })
  await writeFile(temporaryName(join(cache, 'layers', 'x')), 'half')
  console.log('held')
  setInterval(() => {}, 1000)
} else {
  console.log(`cleared: ${(await clearDeadRuns(project)).length}`)
  await takeLock('box-lab', 'bake lab', project).then(
    () => console.log('taken'),
    (error: unknown) => {
      if (!(error instanceof BoxhoundError)) throw error
      console.log(`${error.code} ${error.details.found}`)
    },
  )
}
