// Bakes boxes that serve and trace the app in other ways than the lab box, on its layers: `npm test -- --only bake --only app`.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['test/app/**/*.app.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  timeout: '15m',
}
