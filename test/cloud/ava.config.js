// Boots a published image with cloud-init, so it is no unit test: after `npm run bake -- lab-cloud`.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['test/cloud/*.cloud.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  timeout: '8m',
}
