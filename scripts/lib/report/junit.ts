// JUnit XML.

import type { CheckResult, VerifyResults } from '../verify/results.ts'

/** Text for XML 1.0: escapes the five special characters and drops those that a document must not contain. */
const xml = (text: string): string =>
  [...text]
    .filter(
      (character) =>
        !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/.test(character) || character.length > 1,
    )
    .join('')
    .replace(/[&<>"'\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`)

const testCase = ({ id, title, status, lost, seconds, expected, observed }: CheckResult, suite: string): string => {
  const head = `    <testcase classname="${xml(suite)}" name="${xml(`${id}: ${title}`)}" time="${seconds.toFixed(3)}"`
  const message = xml(observed.split('\n')[0] ?? '')
  const text = xml(`expected: ${expected}\nobserved: ${observed}`)
  if (status === 'failed') return `${head}>\n      <failure message="${message}">${text}</failure>\n    </testcase>`
  if (status === 'skipped') return `${head}>\n      <skipped message="${message}"/>\n    </testcase>`
  // JUnit's term for a test that could not run. CI systems count it separately from failures, but not as a success.
  if (lost === true)
    return `${head}>\n      <error type="not judged" message="not judged: ${message}">${text}</error>\n    </testcase>`
  if (status === 'not judged') return `${head}>\n      <skipped message="not judged: ${message}"/>\n    </testcase>`
  return `${head}/>`
}

/**
 * The results as JUnit XML: one test case per check, with the machine as a property. If the lab Agent was tested, the
 * suite's name says so.
 */
export const formatJunit = (results: VerifyResults): string => {
  const suite = `boxhound ${results.box}${results.labAgent ? ' (lab Agent)' : ''}`
  const lost = results.checks.filter((check) => check.lost === true).length
  const counts = `tests="${results.planned}" failures="${results.failed}" errors="${lost}" skipped="${results.skipped + results.notJudged - lost}"`
  const time = `time="${results.seconds.toFixed(3)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts} ${time}>`,
    `  <testsuite name="${xml(suite)}" ${counts} ${time}>`,
    `    <properties><property name="machine" value="${xml(results.machine)}"/></properties>`,
    ...results.checks.map((check) => testCase(check, suite)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
