import type { BoxCheck } from '../check.ts'
import { final, judge, notJudged, type Verdict } from '../verdict.ts'

/** Prints the running kernel's release, the type of container, if any, and which of the kernel's files are on disk. */
const script = `
uname -r
systemd-detect-virt --container || true
for path in "/boot/vmlinuz-$(uname -r)" "/boot/initrd.img-$(uname -r)" "/lib/modules/$(uname -r)/modules.dep"; do
  if [ -s "$path" ]; then echo "$path"; fi
done
`

const expected = 'the machine runs a kernel of the image, with its initramfs and modules'

/**
 * Judges that the running kernel belongs to the image, with all its files, as needed for the next boot and for loading
 * modules.
 *
 * @param booted true for a machine that was booted from the image: a container would then prove nothing. The caller's
 *   own machine may be a container.
 */
export const judgeKernel = (output: string, booted: boolean): Verdict => {
  const [release = '', container = '', ...found] = output.trim().split('\n')
  const wanted = [`/boot/vmlinuz-${release}`, `/boot/initrd.img-${release}`, `/lib/modules/${release}/modules.dep`]
  if (container !== 'none' && !booted)
    return notJudged(expected, `this machine is a container (${container}), which runs on its host’s kernel`)
  return final(
    judge(expected, `kernel ${release}`, [
      ...(container === 'none' ? [] : [`this is a container (${container}), which has no kernel of its own`]),
      ...wanted.filter((path) => !found.includes(path)).map((path) => `${path} is missing or empty`),
    ]),
  )
}

export const check: BoxCheck = {
  run: async (guest) =>
    judgeKernel((await guest.run(['sh', '-c', script], { name: 'kernel' })).stdout, guest.context.fresh),
}
