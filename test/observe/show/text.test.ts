import test from 'ava'
import { markdown } from '../../../scripts/lib/observe/show/markdown.ts'
import { markup } from '../../../scripts/lib/observe/show/markup.ts'
import { messageParts, stateLabel } from '../../../scripts/lib/observe/show/message.ts'
import { optionNotes } from '../../../scripts/lib/observe/show/monitor.ts'
import { zonesOf } from '../../../scripts/lib/observe/show/threshold-bar.ts'

const html = (source: string): string => markdown(source).toString()

test('markup escapes what is put into it, and itself only once', (t) => {
  const inner = markup`<b title="${'"<'}">${'<&'}</b>`
  t.is(markup`<p>${inner}${['<', inner, undefined, 5]}</p>`.toString(), `<p>${inner}&lt;${inner}5</p>`)
  t.is(inner.toString(), '<b title="&quot;&lt;">&lt;&amp;</b>')
  t.is(markup`${'a\0b\u{1f600}\ud83d'}`.toString(), 'a\ufffdb\u{1f600}\ufffd')
})

test('paragraphs, bold, code, lists, titles and links are drawn', (t) => {
  t.is(html('one\ntwo\n\nthree'), '<p>one<br/>two</p><p>three</p>')
  t.is(html('**bold** `co<de` *thin*'), '<p><strong>bold</strong> <code>co&lt;de</code> <em>thin</em></p>')
  t.is(html('head:\n- a\n- b\n  more'), '<p>head:</p><ul><li>a</li><li>b more</li></ul>')
  t.is(html('1. a\n2. b'), '<ol><li>a</li><li>b</li></ol>')
  t.is(html('# Title\ntext'), '<p class="title1">Title</p><p>text</p>')
  t.is(html('[x](https://example.org/a?b)'), '<p><a href="https://example.org/a?b" rel="noreferrer">x</a></p>')
  t.is(html(''), '')
})

test('links go to the web only', (t) => {
  for (const address of ['javascript:alert(1)', 'data:text/html,x', '//example.org', '/a', 'https:', ' https://a'])
    t.false(html(`[x](${address})`).includes('<a'), address)
})

test('variables and handles are marked, in bold words too; an address in running text is no handle', (t) => {
  t.is(html('**{{value}}**'), '<p><strong><code class="variable">{{value}}</code></strong></p>')
  t.regex(html('ask @a@example.org.'), /<span class="handle">@a@example\.org<\/span>\./)
  t.false(html('a@example.org').includes('handle'))
})

test('a message is told by states', (t) => {
  t.deepEqual(
    messageParts('{{#is_alert}}A {{value}}{{/is_alert}}\n{{#is_no_data}}N{{/is_no_data}} every {{host.name}}'),
    [{ state: 'is_alert', text: 'A {{value}}' }, { state: 'is_no_data', text: 'N' }, { text: 'every {{host.name}}' }],
  )
  t.deepEqual(messageParts('{{^is_alert}}x{{/is_alert}}y'), [{ state: 'not is_alert', text: 'x' }, { text: 'y' }])
  t.deepEqual(messageParts('  '), [])
})

test('sections in sections, open ones and other conditions lose nothing', (t) => {
  const nested =
    '{{#is_alert}}a {{#is_match "host.name" "x"}}b{{/is_match}} {{#is_warning}}c{{/is_warning}}{{/is_alert}}'
  t.deepEqual(
    messageParts(nested).map(({ state }) => state),
    ['is_alert'],
  )
  t.deepEqual(messageParts('a {{#is_alert}}b'), [{ text: 'a' }, { state: 'is_alert', text: 'b' }])
  t.deepEqual(messageParts('{{#is_match "a" "b"}}c{{/is_match}}'), [{ text: '{{#is_match "a" "b"}}c{{/is_match}}' }])
  t.deepEqual(messageParts('a {{/is_alert}}'), [{ text: 'a {{/is_alert}}' }])
})

test('states have words', (t) => {
  t.deepEqual(['is_alert', 'is_no_data', 'is_warning_recovery', 'not is_alert'].map(stateLabel), [
    'alert',
    'no data',
    'recovery from warning',
    'not alert',
  ])
})

test('thresholds divide a bar, from either side', (t) => {
  t.deepEqual(zonesOf({ critical: 800, warning: 500 }, false), [
    { state: 'ok', share: 50 },
    { state: 'warning', share: 30 },
    { state: 'error', share: 20 },
  ])
  t.deepEqual(
    zonesOf({ critical: 10, warning: 20 }, true)?.map(({ state }) => state),
    ['error', 'warning', 'ok'],
  )
  t.deepEqual(
    zonesOf({ critical: 5 }, false)?.map(({ state }) => state),
    ['ok', 'error'],
  )
  t.is(zonesOf({ warning: 5 }, false), undefined)
})

test('what a monitor does without data is told', (t) => {
  t.deepEqual(optionNotes({ notify_no_data: true, no_data_timeframe: 10, renotify_interval: 60 }), [
    'no data after 10 min',
    'told again every 60 min',
  ])
  t.deepEqual(optionNotes({ notify_no_data: false, no_data_timeframe: 10 }), [])
})
