// Renders box.ovf, with a MAC derived from the image.

import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import { renderTemplateFile } from '../render/template.ts'
import type { MachineType } from '../systems/family.ts'

/** A machine as VirtualBox makes it from a box. */
export interface OvfMachine {
  /** What VirtualBox suggests as its name. */
  readonly name: string
  readonly system: MachineType
  readonly disk: {
    /** A stream-optimised VMDK, beside the OVF. */
    readonly file: string
    /** Of that file. */
    readonly bytes: number
    /** Of the disk in it. */
    readonly virtualBytes: number
  }
  readonly memoryMiB: number
  readonly cpus: number
  /** 12 hexadecimal digits, from `macOf`. */
  readonly mac: string
}

/** An address that the image decides, so that the same image gives the same box: VirtualBox's 08:00:27, then the digest's first 24 bits. */
export const macOf = (sha256: string): string => `080027${sha256.slice(0, 6).toUpperCase()}`

/** box.ovf, the same text for the same machine. */
export const ovfText = (machine: OvfMachine, { root }: Project): string => {
  const context = {
    ...machine,
    address: machine.mac.replaceAll(/..(?=.)/g, '$&:'),
  }
  const source = 'packer/vagrant/box.ovf.hbs'
  return renderTemplateFile(join(root, source), context, { source }).content
}
