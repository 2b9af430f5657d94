import test from 'ava'
import fc from 'fast-check'
import { has, output, render, runs, values } from '../_render.ts'

const withRuby = has('ruby') ? test : test.skip

withRuby('fault 16: any value comes back byte for byte through Ruby', (t) => {
  fc.assert(
    fc.property(values, (all) => {
      const script = render(
        '# encoding: utf-8\n$stdout.binmode\nprint [{{#each all}}{{this}}, {{/each}}].join("\\0")\n',
        { all },
        'ruby',
      )
      t.deepEqual(output('ruby', ['-'], script).toString('utf8').split('\0'), all)
    }),
    runs,
  )
})

test('fault 16: no interpolation of Ruby survives', (t) => {
  t.is(render('x = {{a}}', { a: '#{`id`} #$0 #@a "\\\n' }, 'ruby'), 'x = "\\#{`id`} \\#$0 \\#@a \\"\\\\\\n"')
})
