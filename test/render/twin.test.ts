import { fileURLToPath } from 'node:url'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import type { Rendered, RenderedFile } from '../../scripts/lib/render/rendered-box.ts'
import { renderNamed } from './_project.ts'

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)), {})

/** What boxes/ubuntu.yaml and its twin may differ in, and nothing else (issue 4): who publishes, under which key, in which version. */
type Reason = 'address' | 'key' | 'version' | 'name of a distribution' | 'name of the box'

/** Every place where the two trees differ: where, why, and what stands in which. */
const differences: readonly [place: string, reason: Reason, ubuntu: string, twin: string][] = [
  ['expectations/box', 'name of the box', 'ubuntu', 'lab-cloud'],
  ['expectations/agent/version', 'version', '7.83.0', '7.83.0+lab'],
  ['expectations/agent/package/version', 'version', '1:7.83.0-1', '1:7.83.0+lab-1'],
  ['expectations/agent/lab', 'version', 'false', 'true'],
  [
    ...(['expectations/agent/source', 'address'] as const),
    'https://apt.datadoghq.com/ stable 7',
    'http://apt.lab.invalid/ stable 7',
  ],
  ['base/files/etc/boxhound/box.json:2', 'name of the box', '  "box": "ubuntu",', '  "box": "lab-cloud",'],
  ['agent/spec/packages/0', 'version', 'datadog-agent=1:7.83.0-1', 'datadog-agent=1:7.83.0+lab-1'],
  ['agent/spec/repositories/0/url', 'address', 'https://apt.datadoghq.com/', 'http://apt.lab.invalid/'],
  // The lab's key is made on each machine: its fingerprint is known when it is fetched.
  ['agent/spec/repositories/0/keys', 'key', '(absent)', '(empty)'],
  ['agent/spec/repositories/0/keys/0', 'key', 'D18886567EABAD8B2D2526900D826EB906462314', '(absent)'],
  ['agent/spec/repositories/0/keys/1', 'key', '5F1E256061D813B125E156E8E6266D4AC0962C7D', '(absent)'],
  ['agent/spec/repositories/0/keys/2', 'key', 'D75CEA17048B9ACBF186794B32637D44F14F620E', '(absent)'],
  [
    ...(['agent/spec/repositories/0/keyUrls/0', 'address'] as const),
    'https://keys.datadoghq.com/DATADOG_APT_KEY_CURRENT.public',
    'http://keys.lab.invalid/DATADOG_APT_KEY_CURRENT.public',
  ],
  ...['06462314', 'C0962C7D', 'F14F620E'].map((id, index): [string, Reason, string, string] => [
    ...([`agent/spec/repositories/0/keyUrls/${index + 1}`, 'address'] as const),
    `https://keys.datadoghq.com/DATADOG_APT_KEY_${id}.public`,
    '(absent)',
  ]),
  ['agent/spec/repositories/0/lab', 'address', 'false', 'lab/agent'],
  // What the lab's package is built from, so that a change of it makes the layer anew: nothing of that is in the guest.
  ['agent/spec/inputs', 'version', '(empty)', '(absent)'],
  ['agent/spec/inputs/0', 'version', '(absent)', 'lab/agent'],
  ['agent/spec/inputs/1', 'version', '(absent)', 'lab/repository'],
  [
    ...(['agent/files/etc/apt/sources.list.d/datadog.list:2', 'address'] as const),
    'deb [signed-by=/usr/share/keyrings/datadog-archive-keyring.gpg] https://apt.datadoghq.com/ stable 7',
    'deb [signed-by=/usr/share/keyrings/datadog-archive-keyring.gpg] http://apt.lab.invalid/ stable 7',
  ],
  [
    ...(['agent/files/etc/datadog-agent/install_info:6', 'name of the box'] as const),
    '  installer_version: "ubuntu-1.0.0"',
    '  installer_version: "lab-cloud-1.0.0"',
  ],
  // Debian has MySQL in unstable only; it comes from the base's own archive in both.
  ['database/spec/suites', 'name of a distribution', '(empty)', '(absent)'],
  ['database/spec/suites/0', 'name of a distribution', '(absent)', 'unstable'],
  ['app/spec/wheels/0/python', 'version', '3.12', '3.13'],
  ['app/spec/wheels/1/python', 'version', '3.12', '3.13'],
]

/** Each leaf of plain data under its path; an empty list is a leaf too. */
const leaves = (value: unknown, path: string): [string, string][] => {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  const entries = Object.entries(value)
  return entries.length === 0 ? [[path, '(empty)']] : entries.flatMap(([key, one]) => leaves(one, `${path}/${key}`))
}

const lines = (kind: string, { path, mode, content }: RenderedFile): [string, string][] => [
  [`${kind}/${path} (mode)`, mode.toString(8)],
  ...content
    .toString('utf8')
    .split('\n')
    .map((line, index): [string, string] => [`${kind}/${path}:${index + 1}`, line]),
]

/** A whole rendered tree as places and what stands there: specifications, files line by line, scripts, expectations. */
const placesOf = ({ layers, expectations }: Rendered): Map<string, string> =>
  new Map([
    ...leaves(expectations, 'expectations'),
    ...layers.flatMap(({ name, folders, spec, files, scripts }) => [
      ...leaves(folders, `${name}/folders`),
      ...leaves(spec, `${name}/spec`),
      ...files.flatMap((file) => lines(`${name}/files`, file)),
      ...scripts.flatMap((script) => lines(`${name}/scripts`, script)),
    ]),
  ])

test('ubuntu and its twin differ in addresses, keys, versions and names, in these places and no others', async (t) => {
  const ubuntu = placesOf(await renderNamed('ubuntu', project))
  const twin = placesOf(await renderNamed('lab-cloud', project))
  const places = [...new Set([...ubuntu.keys(), ...twin.keys()])]
  const found = places
    .filter((place) => ubuntu.get(place) !== twin.get(place))
    .map((place) => [place, ubuntu.get(place) ?? '(absent)', twin.get(place) ?? '(absent)'])
  const sorted = (rows: string[][]): string[][] => rows.sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
  t.deepEqual(sorted(found), sorted(differences.map(([place, , one, other]) => [place, one, other])))
})
