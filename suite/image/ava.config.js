// The proofs of the published image: `npm run image` gathers the evidence, then runs these.
// Paths are those of the bundle, see scripts/lib/verify/bundle.ts.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['image/*.proof.js'],
  workerThreads: true,
  cache: false,
}
