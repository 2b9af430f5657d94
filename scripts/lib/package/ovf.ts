// Renders box.ovf, with a MAC derived from the image.

import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import { renderTemplateFile } from '../render/template.ts'
import type { MachineType } from '../systems/family.ts'

/** A machine as VirtualBox creates it from a box. */
export interface OvfMachine {
  /** The name that VirtualBox suggests. */
  readonly name: string
  readonly system: MachineType
  readonly disk: {
    /** A stream-optimized VMDK beside the OVF. */
    readonly file: string
    /** Size of that file. */
    readonly bytes: number
    /** Size of the disk inside. */
    readonly virtualBytes: number
  }
  readonly memoryMiB: number
  readonly cpus: number
  /** 12 hexadecimal digits, from `macOf`. */
  readonly mac: string
}

/**
 * A MAC derived from the image, so that the same image gives the same box: VirtualBox's prefix 08:00:27, then the
 * digest's first 24 bits.
 */
export const macOf = (sha256: string): string => `080027${sha256.slice(0, 6).toUpperCase()}`

/** box.ovf; the same machine gives the same text. */
export const ovfText = (machine: OvfMachine, { tool }: Project): string => {
  const context = {
    ...machine,
    address: machine.mac.replaceAll(/..(?=.)/g, '$&:'),
  }
  const source = 'packer/vagrant/box.ovf.hbs'
  return renderTemplateFile(join(tool, source), context, { source }).content
}
