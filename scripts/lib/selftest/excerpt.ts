// Excerpt of a failed stage's output.

import type { Reading } from './count.ts'

const lastLines = 60

/** Each failed test of a TAP stream with its diagnostics, which are the indented lines that follow. */
const failedTests = (output: string): string[] => output.match(/^not ok .*(?:\n[ \t].*)*/gm) ?? []

/**
 * What to show of a failed stage: with TAP, each failed test in full, wherever it is; otherwise the last lines, where
 * runners put what matters.
 */
export const excerpt = (reading: Reading, output: string): string[] => {
  const failed = reading === 'tap' ? failedTests(output).join('\n') : ''
  return failed === '' ? output.trimEnd().split('\n').slice(-lastLines) : failed.split('\n')
}
