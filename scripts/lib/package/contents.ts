// Small files in a Vagrant box.

import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import { boxhoundVersion } from '../_helpers/version.ts'
import type { Published } from '../boot/published-image.ts'
import { renderTemplateFile } from '../render/template.ts'
import type { Hardware } from './hardware.ts'
import { macOf } from './ovf.ts'
import type { Provider } from './providers.ts'

/** The disk inside a box; Vagrant's VirtualBox provider reads its name from box.ovf. */
export const diskFile = (provider: Provider): string => (provider === 'libvirt' ? 'box_0.img' : 'box.vmdk')

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/**
 * metadata.json. vagrant-libvirt 0.11 and newer read `disks`. The disk's name becomes the name of a volume in libvirt's
 * storage pool, which outlives the box. It contains the image's digest, so that a new image under an old version is
 * never confused with the volume already there.
 */
const metadata = (provider: Provider, { sha256, expectations }: Published): string =>
  json(
    provider === 'libvirt'
      ? {
          provider,
          format: 'qcow2',
          disks: [{ path: diskFile(provider), name: `${expectations.box}-${sha256.slice(0, 16)}` }],
        }
      : { provider },
  )

/**
 * info.json: shown by `vagrant box list -i`, and used by the Vagrantfile to tell two boxes of the same version apart.
 */
const info = ({ sha256, expectations: { box, version, agent } }: Published): string =>
  json({ box, version, image: `sha256:${sha256}`, agent: agent.version, boxhound: boxhoundVersion })

/** The small files of a box, by name, in the archive's order: before the disk, so that a reader gets them at once. */
export const boxTexts = (
  provider: Provider,
  published: Published,
  hardware: Hardware,
  { tool }: Project,
): ReadonlyMap<string, string> => {
  const source = `packer/vagrant/${provider}/Vagrantfile.hbs`
  const context = { hardware, app: published.expectations.app, mac: macOf(published.sha256) }
  return new Map([
    ['metadata.json', metadata(provider, published)],
    ['info.json', info(published)],
    ['Vagrantfile', renderTemplateFile(join(tool, source), context, { source, language: 'ruby' }).content],
  ])
}
