export const compiledTests: () => Promise<string>
