// The SSH suite, against one machine: `npm run verify` starts it and hands it a connection.
// Paths are those of the bundle, see scripts/lib/verify/bundle.ts.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['box/suite.test.js'],
  workerThreads: true,
  cache: false,
  timeout: '10m',
}
