// Boots the Vagrant box of the twin, which is baked late in `npm test`: `npm test -- --only twin --only twin-vagrant`.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['test/vagrant/**/*.twin.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  timeout: '10m',
}
