import { cpSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { copiedProject, renderNamed } from './_project.ts'

const checks = 'provision/50-checks'

/** A project whose one check has another name. */
const renamed = (t: ExecutionContext, name: string) => {
  const project = copiedProject(t)
  const folder = join(project.tool, checks, name)
  cpSync(join(project.tool, checks, 'source'), folder, { recursive: true })
  renameSync(join(folder, 'source.py'), join(folder, `${name}.py`))
  const text = `box: one\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0+lab, repository: lab }\nchecks: { ${name}: { options: { url: "http://a/" } } }\n`
  writeFileSync(join(project.root, 'boxes/one.yaml'), text)
  return project
}

const refusal = async (t: ExecutionContext, work: Promise<unknown>): Promise<BoxhoundError> => {
  const error = await t.throwsAsync(work, { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2, error.message)
  return error
}

for (const [name, owner] of [
  ['queue', /module of Python/],
  ['config', /offers to checks/],
  ['mysql', /check shipped with the Agent/],
  ['requests', /package/],
] as const)
  test(`fault 63: a check named ${name} is refused with who has the name`, async (t) => {
    const error = await refusal(t, renderNamed('one', renamed(t, name)))
    t.regex(error.message, owner)
    t.is(error.details.file, `${checks}/${name}`)
  })

test('fault 63: a path that another layer or the Agent has is refused with who has it', async (t) => {
  const project = copiedProject(t)
  const write = (path: string): void => {
    mkdirSync(join(project.tool, path, '..'), { recursive: true })
    writeFileSync(join(project.tool, path), 'x\n')
  }
  write(`${checks}/my_metric/root/usr/lib/boxhound/tool`)
  const other = await refusal(t, renderNamed('full', project))
  t.regex(other.message, /belongs to provision\/10-base\/root\/usr\/lib\/boxhound\/tool/)
  const second = copiedProject(t)
  mkdirSync(join(second.tool, checks, 'my_metric/root/opt/datadog-agent'), { recursive: true })
  writeFileSync(join(second.tool, checks, 'my_metric/root/opt/datadog-agent/x'), '')
  t.regex((await refusal(t, renderNamed('full', second))).message, /belongs to the Agent/)
})

test('fault 64: a helper module is told by its own path, tests are no helpers, a linked folder is taken', async (t) => {
  const project = copiedProject(t)
  const folder = join(project.tool, checks, 'my_metric')
  writeFileSync(join(folder, 'conftest.py'), '')
  await t.notThrowsAsync(renderNamed('full', project))
  writeFileSync(join(folder, 'helper.py'), '')
  const error = await refusal(t, renderNamed('full', project))
  t.is(error.details.file, `${checks}/my_metric/helper.py`)
  t.regex(error.details.next ?? '', /root\/etc\/datadog-agent\/checks\.d\/helper\.py/)
  const linked = renamed(t, 'mine')
  renameSync(join(linked.tool, checks, 'mine'), join(linked.tool, 'elsewhere'))
  symlinkSync('../../elsewhere', join(linked.tool, checks, 'mine'))
  await t.notThrowsAsync(renderNamed('one', linked))
})

test('fault 64: a folder without check.yaml is told, and a check that is not there goes beside the box file', async (t) => {
  const project = renamed(t, 'mine')
  const text = 'box: two\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0+lab, repository: lab }\n'
  writeFileSync(join(project.root, 'boxes/two.yaml'), `${text}checks: { half: {} }\n`)
  t.is((await refusal(t, renderNamed('two', project))).details.next, 'add a folder boxes/checks/half/')
  mkdirSync(join(project.root, 'boxes/checks/half'), { recursive: true })
  const error = await refusal(t, renderNamed('two', project))
  t.is(error.message, 'boxes/checks/half has no check.yaml')
})
