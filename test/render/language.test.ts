import test from 'ava'
import { languageOf, withBanner } from '../../scripts/lib/render/language.ts'

for (const [path, firstLine, language] of [
  ['provision.sh', '', 'shell'],
  ['usr/lib/boxhound/step', '#!/usr/bin/env bash', 'shell'],
  ['usr/lib/boxhound/first-boot', '#!/usr/bin/python3', 'python'],
  ['etc/x.yaml', '', 'yaml'],
  ['usr/lib/x/mysql.yaml.in', '', 'yaml'],
  ['etc/datadog-agent/install_info', '---', 'yaml'],
  ['etc/systemd/system/x.service', '', 'unit'],
  ['etc/systemd/system/x.service.d/10.conf', '', 'unit'],
  ['etc/mysql/conf.d/x.conf', '', 'text'],
  ['chroot.pkr.hcl', '', 'hcl'],
  ['Vagrantfile', '', 'ruby'],
  ['x.sql', '', 'sql'],
  ['etc/hostname', '', 'text'],
] as const)
  test(`${path} is ${language}`, (t) => t.is(languageOf(path, firstLine), language))

test('the banner is a comment of the language, after an interpreter line, and JSON has none', (t) => {
  t.is(
    withBanner('#!/bin/sh\nx\n', 'a.sh', 'shell', 'a.sh.hbs'),
    '#!/bin/sh\n# rendered from a.sh.hbs, do not edit\nx\n',
  )
  t.is(withBanner('a: 1\n', 'a.yaml', 'yaml', 'p/a.yaml.hbs'), '# rendered from p/a.yaml.hbs, do not edit\na: 1\n')
  t.is(withBanner('SELECT 1', 'a.sql', 'sql', 'a'), '-- rendered from a, do not edit\nSELECT 1')
  t.is(withBanner('{}', 'a.json', 'json', 'a'), '{}')
  t.is(withBanner('lab', 'etc/hostname', 'text', 'a'), 'lab')
  t.is(withBanner('x', 'etc/logrotate.d/app', 'text', 'a'), '# rendered from a, do not edit\nx')
})
