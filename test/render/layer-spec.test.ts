import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { emptySpec, mergeSpecs, parseLayerSpec } from '../../scripts/lib/render/layer-spec.ts'
import { fixture } from '../boxfile/_files.ts'

const folder = { file: join(fixture.tool, 'provision/40-app/flask'), source: 'provision/40-app/flask' }
const parse = (text: string) => parseLayerSpec(text, 'layer.yaml', folder, fixture)

test('an empty layer.yaml asks for nothing', (t) => {
  t.deepEqual(parse('# nothing\n'), emptySpec)
})

test('modes get four digits, paths of requirements and inputs are found beside the file or in the project', (t) => {
  const spec = parse(
    'owners: [{ path: /a, owner: root, group: adm, mode: "640", recursive: true }]\n' +
      'wheels: [{ name: app, requirements: requirements.txt, python: "3.13" }]\ninputs: [boxes]\n',
  )
  t.deepEqual(spec.owners, [{ path: '/a', owner: 'root', group: 'adm', mode: '0640', recursive: true }])
  t.is(spec.wheels[0]?.requirements, 'provision/40-app/flask/requirements.txt')
  t.deepEqual(spec.inputs, ['boxes'])
})

test('container images are of a registry by digest, or of the lab', (t) => {
  const { images } = parse(
    `images:\n  - { name: agent, image: "ghcr.io/a/b:7@sha256:${'0'.repeat(64)}" }\n  - { name: lab-agent, lab: lab/images/agent, version: 7.83.0+lab }\n`,
  )
  t.deepEqual(images, [
    { name: 'agent', image: `ghcr.io/a/b:7@sha256:${'0'.repeat(64)}` },
    { name: 'lab-agent', lab: 'lab/images/agent', version: '7.83.0+lab' },
  ])
})

for (const [what, text, message] of [
  ['an image by tag', 'images: [{ name: a, image: "ghcr.io/a/b:7" }]\n', /images\[0\]\.image/],
  ['an image with a name that is a path', 'images: [{ name: ../a, lab: lab/images/agent }]\n', /images\[0\]\.name/],
  ['an image of nowhere', 'images: [{ name: a }]\n', /images\[0\]/],
  ['an image that the lab does not make', 'images: [{ name: a, lab: lab/images/agnet }]\n', /lab does not exist/],
  ['an image of the lab outside of the project', 'images: [{ name: a, lab: ../x }]\n', /images\[0\]\.lab/],
  [
    'a version beside a digest',
    `images: [{ name: a, version: "7", image: "ghcr.io/a/b@sha256:${'0'.repeat(64)}" }]\n`,
    /images\[0\]\.version/,
  ],
  ['fault 19: a package that starts with a dash', 'packages: [-oDebug]\n', /packages\[0\]/],
  ['fault 19: a unit that starts with a dash', 'units: { enable: [--now] }\n', /enable\[0\]/],
  ['fault 19: an owner that starts with a dash', 'owners: [{ path: /a, owner: -R, group: root }]\n', /owner/],
  [
    'a repository of ones own without a fingerprint',
    'repositories: [{ url: "https://a.example", keys: [], keyUrls: ["https://a.example/k"], keyring: /k.gpg }]\n',
    /repositories\[0\]/,
  ],
  [
    'a fingerprint for the lab, which no committed file can know',
    `repositories: [{ lab: true, url: "http://a.invalid", keys: [${'A'.repeat(40)}], keyUrls: ["http://a.invalid/k"], keyring: /k }]\n`,
    /repositories\[0\]/,
  ],
  ['an early file out of the guest', 'early: [/etc/../../x]\n', /early\[0\]/],
  ['a path out of the guest', 'owners: [{ path: /a/../../b, owner: root, group: root }]\n', /path/],
  [
    'a mode that YAML reads as a number',
    'owners: [{ path: /a, owner: root, group: root, mode: 0640 }]\n',
    /leading zero/,
  ],
  ['an unknown key', 'pakages: [curl]\n', /unknown key "pakages"/],
  [
    'requirements that are not there',
    'wheels: [{ name: a, requirements: no.txt, python: "3.13" }]\n',
    /requirements does not exist/,
  ],
  ['an input that does not exist', 'inputs: [nowhere]\n', /inputs\[0\] does not exist/],
  [
    'a version of Python that YAML reads as a number',
    'wheels: [{ name: a, requirements: requirements.txt, python: 3.13 }]\n',
    /python/,
  ],
] as const)
  test(`${what} is refused with its place`, (t) => {
    const error = t.throws(() => parse(text), { instanceOf: BoxhoundError })
    t.regex(error.message, message)
    t.is(error.details.file, 'layer.yaml')
    t.is(error.details.line, 1)
  })

test('merged specs keep their order and name each thing once', (t) => {
  const merged = mergeSpecs([
    parse('packages: [bb, aa]\nunits: { enable: [x.service] }\n'),
    parse('packages: [aa, cc]\n'),
  ])
  t.deepEqual(merged.packages, ['bb', 'aa', 'cc'])
  t.deepEqual(merged.units, { enable: ['x.service'], disable: [], mask: [] })
})
