import test from 'ava'
import { containerFormatProblem } from '../../scripts/lib/box/container-format.ts'

test('oci is refused for an Agent from a package, at its place in the list', (t) => {
  const problem = containerFormatProblem({ agent: {}, image: { formats: ['qcow2', 'raw', 'oci'] } })
  t.deepEqual(problem?.path, ['image', 'formats', 2])
  t.regex(problem?.next ?? '', /agent\.run: container/)
  t.truthy(containerFormatProblem({ agent: { run: 'package' }, image: { formats: ['oci', 'qcow2'] } }))
})

test('nothing is wrong without oci, or with an Agent in a container', (t) => {
  for (const given of [
    { agent: {} },
    { agent: {}, image: {} },
    { agent: {}, image: { formats: ['qcow2', 'raw'] } },
    { agent: { run: 'container' }, image: { formats: ['qcow2', 'oci'] } },
  ])
    t.is(containerFormatProblem(given), undefined)
})
