// Installs the npm package in repositories of the tests' own, on the layers of the lab: `npm test -- --only bake --only pack`.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['test/pack/**/*.pack.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  timeout: '15m',
}
