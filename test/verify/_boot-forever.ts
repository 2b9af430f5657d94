// A verification that never gets past its boot: the image has no boot loader. Started and interrupted by interrupt.test.ts.
import { withMachine } from '../../scripts/lib/verify/image.ts'
import { lab } from './_expectations.ts'

const [cache = '', image = ''] = process.argv.slice(2)
const project = { tool: '.', root: '.', out: cache, cache }
const environment = { BOXHOUND_ACCELERATOR: 'tcg' }
await withMachine(
  { image, sha256: '', expectations: lab },
  { environment, onNote: console.log },
  project,
  async () => {},
)
