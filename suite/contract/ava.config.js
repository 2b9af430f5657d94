// The contract of datadog.md, kept by the Agent of one machine: `npm run contract` boots one, or takes the caller's, and starts this.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['suite/contract/*.contract.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  timeout: '5m',
}
