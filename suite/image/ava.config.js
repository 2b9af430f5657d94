// The proofs of the published image: `npm run image` gathers the evidence that they judge, and starts them.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['suite/image/*.proof.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
}
