// Tests the contract against the Agent of one machine: `npm run contract` boots one, or uses the caller's, and runs
// this.
// Paths are those of the bundle, see scripts/lib/verify/bundle.ts.
// biome-ignore lint/style/noDefaultExport: AVA reads its configuration from the default export
export default {
  files: ['contract/agent.contract.js'],
  workerThreads: true,
  cache: false,
  timeout: '5m',
}
