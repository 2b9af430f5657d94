// Judges the name under which the host reports.

import { objectAt, textOf } from '../../_helpers/json.ts'
import type { Facts } from '../facts.ts'
import { type Finding, judged, type Subject } from '../finding.ts'

const subject: Subject = {
  id: 'agent.hostname',
  title: 'The host reports under a name of its own',
  expected: 'a host name that is not an image’s',
}

/** Names that installers and images give to every machine. */
const ofImages = new Set(
  'localhost debian ubuntu fedora centos rocky almalinux rhel redhat opensuse alpine archlinux kali raspberrypi linux vagrant packer cloudimg template golden image'.split(
    ' ',
  ),
)

/** True for the name that an installer, a builder or an image gives to all its machines. */
export const isImageName = (name: string): boolean => {
  const first = name.toLowerCase().split('.')[0] ?? ''
  return (
    ofImages.has(first) ||
    /^(?:packer|vagrant|golden|base|template)-(?:image|box|template|build(?:er)?|qemu|virtualbox|\d+)?$/.test(first) ||
    /(?:^|[-_])(?:golden|cloudimg|base-?image)(?:[-_]|$)/.test(first) ||
    /^packer-/.test(first)
  )
}

/** The name under which the running Agent reports. */
export const reportedName = ({ status }: Facts): string =>
  textOf(objectAt(objectAt(status, 'metadata'), 'meta').hostname)

/** `agent.hostname`. */
export const judgeHostname = (facts: Facts): Finding => {
  const name = reportedName(facts)
  const provider = textOf(objectAt(facts.status, 'hostnameStats').provider) || 'unknown'
  const own = facts.host.name
  const short = (text: string): string => text.toLowerCase().split('.')[0] ?? ''
  const differs = provider === 'configuration' && own !== '' && short(own) !== short(name)
  return judged(
    subject,
    [
      `${name} (from ${provider})`,
      ...(differs
        ? [`configured, while the machine is called ${own}: a clone of it would report as the same host`]
        : []),
    ].join('; '),
    [
      ...(name === '' ? ['the Agent has no host name'] : []),
      ...(isImageName(name)
        ? [`${name} (from ${provider}) is the name of an image: clones would report as one host`]
        : []),
    ],
  )
}
