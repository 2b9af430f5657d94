import test from 'ava'
import { refused, render } from './_render.ts'

const context = {
  box: { name: 'lab', version: '1.0.0' },
  list: ['a', 'b'],
  maps: [{ name: 'x', inner: [1, 2] }],
  none: null,
  off: false,
  zero: 0,
  empty: [],
}

test('values, blocks, loops, indexes and parents work', (t) => {
  t.is(render('{{box.name}} {{zero}} {{off}}', context), 'lab 0 false')
  t.is(render('{{#each list}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}', context), '0a,1b')
  t.is(
    render('{{#each maps}}{{name}}{{#each inner}}{{../name}}{{this}}{{../../box.name}}{{/each}}{{/each}}', context),
    'xx1labx2lab',
  )
  t.is(render('{{#if none}}a{{else}}b{{/if}}{{#if empty}}a{{else}}b{{/if}}{{#if list}}a{{/if}}', context), 'bba')
  t.is(render('{{#if (eq box.name "lab")}}yes{{/if}}{{#with box}}{{version}}{{/with}}', context), 'yes1.0.0')
  t.is(render('{{#each box}}{{@key}}={{this}};{{/each}}', context), 'name=lab;version=1.0.0;')
  t.is(render('{{join list ", "}} {{concat "v" box.version}}', context), 'a, b v1.0.0')
})

test('chains of conditions and named items of loops work', (t) => {
  t.is(render('{{#if none}}a{{else if off}}b{{else if list}}c{{else}}d{{/if}}', context), 'c')
  t.is(render('{{#each list as |item index|}}{{index}}{{item}}{{/each}}', context), '0a1b')
  refused(t, '{{#if none}}a{{else if nam}}b{{/if}}', context)
})

test('joined and concatenated values are one literal', (t) => {
  t.is(render('x: {{concat "a=" box.name}}', context, 'yaml'), 'x: "a=lab"')
  t.is(render('x {{join list " "}}', context, 'shell'), "x 'a b'")
})

for (const template of [
  '{{nam}}',
  '{{box.nam}}',
  '{{#if nam}}x{{/if}}',
  '{{#if box.nam}}x{{/if}}',
  '{{#unless box.nam}}x{{/unless}}',
  '{{#each nam}}x{{/each}}',
  '{{#with nam}}x{{/with}}',
  '{{#if (eq box.nam "x")}}x{{/if}}',
  '{{#if (eq "x" nam)}}x{{/if}}',
  '{{join nam ","}}',
  '{{concat "a" nam}}',
  '{{#each maps}}{{nam}}{{/each}}',
  '{{#each maps}}{{#if nam}}x{{/if}}{{/each}}',
  '{{#each list}}{{../nam}}{{/each}}',
  '{{#each list}}{{#if ../box.nam}}x{{/if}}{{/each}}',
])
  test(`fault 13: the missing name in ${template} throws with the nearest one`, (t) => {
    const error = refused(t, `first line\n${template}`, context)
    t.regex(error.message, /nam/)
    t.is(error.details.line, 2)
    if (template.includes('box.nam')) t.regex(error.details.next ?? '', /did you mean "name"\?/)
  })

test('fault 13: names of the prototype are missing names', (t) => {
  for (const name of ['constructor', 'toString', 'valueOf', '__proto__', 'hasOwnProperty']) {
    refused(t, `{{${name}}}`, context)
    refused(t, `{{#if box.${name}}}x{{/if}}`, context)
  }
})

test('fault 13: a variable of a loop outside a loop is refused', (t) => {
  t.regex(refused(t, '{{#if @last}}x{{/if}}', context).message, /outside a loop/)
  refused(t, '{{@index}}', context)
  refused(t, '{{#each list}}{{@nosuch}}{{/each}}', context)
})

for (const [what, template] of [
  ['null', '{{none}}'],
  ['a map', '{{box}}'],
  ['a list', '{{list}}'],
  ['a map in a loop', '{{#each maps}}{{this}}{{/each}}'],
] as const)
  test(`fault 14: ${what} is never printed`, (t) => {
    t.regex(refused(t, template, context).message, /nothing to print/)
  })

test('fault 14: undefined, NaN and functions are never printed', (t) => {
  for (const a of [undefined, Number.NaN, Number.POSITIVE_INFINITY, () => 'x']) refused(t, '{{a}}', { a })
})

test('fault 15: adjacent numbers are two texts', (t) => {
  t.is(render('{{a}}{{b}}', { a: 3, b: 4 }), '34')
  t.is(render('{{a}}{{b}}', { a: 3, b: 4 }, 'shell'), "'3''4'")
})

test('a value that strips the white space around it is refused', (t) => {
  refused(t, 'a: {{~box.name}}', context)
  refused(t, '{{box.name~}} b', context)
})

for (const template of ['{{{box.name}}}', '{{& box.name}}'])
  test(`${template} is refused, since nothing would escape it`, (t) => {
    t.regex(refused(t, template, context).message, /not escaped/)
  })

for (const template of [
  '{{> part}}',
  '{{#> part}}x{{/part}}',
  '{{* deco}}',
  '{{#*inline "x"}}y{{/inline}}',
  '{{lookup box "name"}}',
  '{{log box.name}}',
  '{{#box}}x{{/box}}',
  '{{upper box.name}}',
  '{{#if (nosuch 1)}}x{{/if}}',
  '{{#if box.name}}x',
  '{{box.name',
])
  test(`${template} is refused`, (t) => void refused(t, template, context))

test('the print helper cannot be called from a template with a value of its own', (t) => {
  refused(t, '{{__print "a" 0}}', context)
})

test('context outside the template is never changed', (t) => {
  const frozen = Object.freeze({ list: Object.freeze(['a']) })
  t.is(render('{{#each list}}{{this}}{{/each}}', frozen), 'a')
})

test('three closing braces are told from the two that were meant', (t) => {
  t.is(refused(t, '{a: {{box.name}}}', context).details.next, 'put a space between }} and the brace that follows')
})
