// Bakes a box with an engine that boxhound doesn't know, on the layers of the lab: `npm test -- --only bake --only engine`.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['test/engine/**/*.engine.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  timeout: '15m',
}
