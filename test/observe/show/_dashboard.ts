import type { JsonObject } from '../../../scripts/lib/_helpers/json.ts'

const metric = (name: string, query: string, more: JsonObject = {}): JsonObject => ({
  data_source: 'metrics',
  name,
  query,
  ...more,
})

const series = (
  display: string,
  query: string,
  formula: JsonObject = { formula: 'query1' },
  more: JsonObject = {},
): JsonObject => ({
  response_format: 'timeseries',
  display_type: display,
  queries: [metric('query1', query)],
  formulas: [formula],
  ...more,
})

const timeseries = (title: string, requests: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  definition: { type: 'timeseries', title, requests, ...more },
})

const queryValue = (
  title: string,
  query: string,
  aggregator: string,
  more: JsonObject = {},
  request: JsonObject = {},
): JsonObject => ({
  definition: {
    type: 'query_value',
    title,
    autoscale: true,
    requests: [
      {
        response_format: 'scalar',
        queries: [metric('query1', query, { aggregator })],
        formulas: [{ formula: 'query1' }],
        ...request,
      },
    ],
    ...more,
  },
})

const toplist = (title: string, query: string, more: JsonObject = {}): JsonObject => ({
  definition: {
    type: 'toplist',
    title,
    requests: [
      {
        response_format: 'scalar',
        queries: [metric('query1', query, { aggregator: 'avg' })],
        formulas: [{ formula: 'query1', limit: { count: 10, order: 'desc' } }],
        ...more,
      },
    ],
  },
})

const check = (title: string, name: string, tags: readonly string[] = []): JsonObject => ({
  definition: { type: 'check_status', title, check: name, grouping: 'cluster', group_by: ['host'], tags },
})

const note = (content: string, color: string): JsonObject => ({
  definition: { type: 'note', content, background_color: color, font_size: '14', text_align: 'left' },
})

const group = (title: string, color: string, widgets: readonly JsonObject[]): JsonObject => ({
  definition: { type: 'group', title, layout_type: 'ordered', background_color: color, widgets },
})

const bounds = [
  { value: 'y > 800', display_type: 'error dashed', label: 'alert 800' },
  { value: 'y = 500', display_type: 'warning dashed', label: 'warning 500' },
]

/** A board as it is sent to the API, with every kind of widget that the page draws, and one that it does not. */
export const board: JsonObject = {
  title: 'Golden image: lab',
  description: 'What the box sends, from its **custom check** to its traced app. Managed by `npm run observe`.',
  layout_type: 'ordered',
  template_variables: [{ name: 'host', prefix: 'host', defaults: ['*'] }],
  tags: ['team:trial'],
  widgets: [
    group('The custom check', 'vivid_purple', [
      note(
        'The check `my_metric` sends **a random whole number** from 0 to 1000 every 45 seconds. Its average over five minutes rarely passes 800: that is what averages do. See [the guide](https://docs.example/guide).',
        'purple',
      ),
      timeseries('my_metric on the host', [series('line', 'avg:my_metric{$host} by {host}')], {
        markers: bounds,
        yaxis: { min: '0', max: '1000', include_zero: true },
      }),
      timeseries('my_metric, sum of each hour', [
        series(
          'bars',
          'sum:my_metric{$host}.rollup(sum, 3600)',
          { formula: 'query1', alias: 'hourly sum' },
          { style: { palette: 'cool' } },
        ),
      ]),
      queryValue(
        'my_metric, last',
        'avg:my_metric{$host}',
        'last',
        {},
        {
          conditional_formats: [
            { comparator: '>', value: 800, palette: 'white_on_red' },
            { comparator: '>', value: 500, palette: 'black_on_light_yellow' },
            { comparator: '<=', value: 500, palette: 'green_on_white' },
          ],
        },
      ),
      queryValue('values sent, 24 h', 'sum:my_metric{$host}.rollup(count, 3600)', 'sum', {
        precision: 0,
        autoscale: false,
        timeseries_background: { type: 'area' },
      }),
    ]),
    group('Database', 'vivid_blue', [
      timeseries('CPU time of MySQL, anomalies', [
        series('line', 'avg:mysql.performance.cpu_time{*}', { formula: "anomalies(query1, 'basic', 2)" }),
      ]),
      timeseries('Threads connected', [series('area', 'avg:mysql.performance.threads_connected{$host}')]),
      timeseries('Connections and their limit', [
        series('line', 'avg:mysql.net.connections{$host}'),
        series(
          'line',
          'avg:mysql.net.max_connections{$host}',
          { formula: 'query1', alias: 'limit' },
          { style: { palette: 'gray', line_type: 'dashed' } },
        ),
      ]),
    ]),
    group('Host', 'vivid_green', [
      timeseries('CPU by kind', [
        {
          response_format: 'timeseries',
          display_type: 'area',
          queries: [
            metric('u', 'avg:system.cpu.user{$host}'),
            metric('s', 'avg:system.cpu.system{$host}'),
            metric('w', 'avg:system.cpu.iowait{$host}'),
          ],
          formulas: [
            { formula: 'u', alias: 'user' },
            { formula: 's', alias: 'system' },
            { formula: 'w', alias: 'waiting' },
          ],
        },
      ]),
      timeseries('Usable memory', [
        series('line', 'avg:system.mem.usable{$host} by {host}', undefined, { style: { palette: 'green' } }),
      ]),
      timeseries('Load', [series('line', 'avg:system.load.1{$host}', undefined, { style: { palette: 'orange' } })]),
    ]),
    group('App', 'vivid_orange', [
      timeseries('Requests by route', [
        series(
          'bars',
          'sum:trace.flask.request.hits{service:trial-app} by {resource_name}.as_count().rollup(sum, 1800)',
        ),
      ]),
      timeseries('Latency', [
        series(
          'line',
          'p95:trace.flask.request{service:trial-app}',
          {
            formula: 'query1 * 2.1',
            alias: 'p95',
            number_format: { unit: { type: 'canonical_unit', unit_name: 'second' } },
          },
          { style: { palette: 'warm' } },
        ),
        series('line', 'avg:trace.flask.request.duration{service:trial-app}', { formula: 'query1', alias: 'average' }),
      ]),
      {
        definition: {
          type: 'query_value',
          title: 'Errors',
          precision: 2,
          custom_unit: '%',
          requests: [
            {
              response_format: 'scalar',
              queries: [
                metric('e', 'sum:trace.flask.request.errors{*}.as_count()', { aggregator: 'sum' }),
                metric('h', 'sum:trace.flask.request.hits{*}.as_count()', { aggregator: 'sum' }),
              ],
              formulas: [{ formula: 'e / h * 100' }],
              conditional_formats: [
                { comparator: '>', value: 5, palette: 'white_on_red' },
                { comparator: '<=', value: 5, palette: 'white_on_green' },
              ],
            },
          ],
        },
      },
      { definition: { type: 'trace_service', title: 'Service' } },
    ]),
    group('Electricity', 'yellow', [
      timeseries('Production by type', [series('area', 'sum:electricity.production{*} by {production_type}')]),
      toplist('Production, average', 'avg:electricity.production{*} by {production_type}'),
      toplist('Hits by route', 'sum:trace.flask.request.hits{*} by {resource_name}.as_count()'),
    ]),
    group('Checks', 'gray', [
      check('MySQL', 'mysql.can_connect', ['env:trial']),
      check('Electricity', 'electricity.can_connect'),
      check('Agent', 'datadog.agent.up'),
      note(
        'A red tile here and a green graph above: **the source fails**, not the box.\n\n- look at `datadog-agent check electricity`\n- then at the source',
        'yellow',
      ),
    ]),
  ],
}

/** Two monitors as they are sent to the API. */
export const monitors: readonly { readonly name: string; readonly wire: JsonObject }[] = [
  {
    name: 'my_metric-average',
    wire: {
      name: 'my_metric is high on {{host.name}}',
      type: 'metric alert',
      tags: ['managed-by:boxhound', 'box:lab'],
      query: 'avg(last_5m):avg:my_metric{*} by {host} > 800',
      message: [
        '{{#is_alert}}**my_metric is {{value}}** on {{host.name}} ({{host.ip}}). @oncall@example.org{{/is_alert}}',
        '{{#is_warning}}my_metric averages {{value}}, above 500. @team@example.org{{/is_warning}}',
        '{{#is_no_data}}No value for 10 minutes: does the Agent run? @oncall@example.org{{/is_no_data}}',
        '{{#is_recovery}}Back to {{value}}. @team@example.org{{/is_recovery}}',
        'What to do: [the guide](https://docs.example/my_metric)',
      ].join('\n'),
      options: {
        thresholds: { critical: 800, warning: 500 },
        notify_no_data: true,
        no_data_timeframe: 10,
        renotify_interval: 60,
      },
    },
  },
  {
    name: 'mysql-connects',
    wire: {
      name: 'MySQL does not answer on {{host.name}}',
      type: 'service check',
      tags: ['managed-by:boxhound'],
      query: '"mysql.can_connect".over("env:trial").by("host").last(4).count_by_status()',
      message:
        '{{#is_alert}}The Agent can not connect to MySQL. @oncall@example.org{{/is_alert}}\n{{#is_recovery}}MySQL answers again. @oncall@example.org{{/is_recovery}}',
      options: { thresholds: { critical: 3, warning: 2, ok: 1 }, notify_no_data: false },
    },
  },
]
