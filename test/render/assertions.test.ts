import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { allIds } from '../../scripts/lib/verify/plan.ts'
import { fixture } from '../boxfile/_files.ts'
import { boxBeside, head } from '../boxfile/_layers.ts'

const render = async (t: ExecutionContext, box: string, layer: string) =>
  renderBox(await loadBox(boxBeside(t, `${head}${box}`, { 'layers/web/layer.yaml': layer }), fixture), fixture)

test('assertions of the box file come before those of its layers, and each has an id', async (t) => {
  const { expectations, layers } = await render(
    t,
    'layers: [web]\nexpect: { site: { port: 80 } }\n',
    'packages: [nginx]\nexpect: { nginx: { package: nginx, held: true } }\n',
  )
  t.deepEqual(
    expectations.expect?.map(({ name }) => name),
    ['site', 'nginx'],
  )
  t.deepEqual(allIds(expectations).slice(-2), ['expect.site', 'expect.nginx'])
  const [, nginx] = expectations.expect ?? []
  t.true(nginx?.expected.kind === 'package' && nginx.expected.query?.command.at(-1) === 'nginx')
  t.false('expect' in (layers.find(({ name }) => name === 'web')?.spec ?? {}), 'it is no part of the id')
})

test('a name that two of them have is refused with both owners', async (t) => {
  const error = await t.throwsAsync(
    render(t, 'layers: [web]\nexpect: { a: { port: 80 } }\n', 'expect: { a: { port: 81 } }\n'),
    { instanceOf: BoxhoundError },
  )
  t.is(error.exitCode, 2)
  t.is(error.details.found, 'the box file and the layer web')
})

test('a mistake in a layer’s assertion has its place in layer.yaml', async (t) => {
  const error = await t.throwsAsync(render(t, 'layers: [web]\n', 'packages: [nginx]\nexpect: { a: { prot: 80 } }\n'), {
    instanceOf: BoxhoundError,
  })
  t.regex(error.details.file ?? '', /layers\/web\/layer\.yaml$/)
  t.is(error.details.line, 2)
  t.regex(error.details.next ?? '', /did you mean "port"/)
})

test('a box without assertions has no key for them', async (t) => {
  t.false('expect' in (await render(t, 'layers: [web]\n', 'packages: [nginx]\n')).expectations)
})
