// A download in a process of its own: _fetcher.ts FOLDER IMAGE SHA256. Says what is told and shown, a line each.
import { fetchImage } from '../../scripts/lib/fetch/download.ts'
import { late, twice } from './_image.ts'

const [folder = '', image = '', sha256 = ''] = process.argv.slice(2)
try {
  const path = await fetchImage(
    { image, sha256 },
    {
      folder,
      network: {},
      deadlines: late,
      patience: twice,
      tell: (line) => console.log(line),
      progress: ({ bytes }) => console.log(`bytes ${bytes}`),
    },
  )
  console.log(`done ${path}`)
} catch (error) {
  console.log(`failed ${error instanceof Error && 'code' in error ? error.code : ''} ${String(error)}`)
  process.exitCode = 1
}
