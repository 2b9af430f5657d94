import test from 'ava'
import fc from 'fast-check'
import { output, refused, render, runs, values } from '../_render.ts'

test('fault 16: any value comes back byte for byte through bash and through sh', (t) => {
  fc.assert(
    fc.property(values, (all) => {
      const script = render("printf '%s\\0' {{#each all}}{{this}} {{/each}}\n", { all }, 'shell')
      for (const shell of ['bash', 'sh'])
        t.deepEqual(output(shell, [], script).toString('utf8').split('\0').slice(0, -1), all)
    }),
    runs,
  )
})

test('fault 16: the value of the fault list is one word and runs nothing', (t) => {
  const value = `x; rm -rf /tmp/never "a" 'b' $(echo ran)\n\`echo ran\``
  t.is(output('bash', [], render("printf '%s' {{value}}", { value }, 'shell')).toString(), value)
})

test('fault 10: a NUL is refused', (t) => {
  t.regex(refused(t, 'x={{a}}', { a: 'a\0b' }, 'shell').details.found ?? '', /NUL/)
})

test('fault 19: a value that starts with a dash is one word, which the command must guard with --', (t) => {
  t.is(render('rm -- {{name}}', { name: '-rf' }, 'shell'), "rm -- '-rf'")
})
