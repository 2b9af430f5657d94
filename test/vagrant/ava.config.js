// Boots machines with Vagrant, so it is no unit test: `npm test -- --only bake --only vagrant`.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['test/vagrant/**/*.vagrant.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  // One machine at a time.
  concurrency: 1,
  timeout: '20m',
}
