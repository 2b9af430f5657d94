import type { BoxCheck } from '../check.ts'
import { final, judge, notJudged, type Verdict } from '../verdict.ts'

/** Release of the running kernel, then what of it is on the disk, one path a line; the container's name where there is one. */
const script = `
uname -r
systemd-detect-virt --container || true
for path in "/boot/vmlinuz-$(uname -r)" "/boot/initrd.img-$(uname -r)" "/lib/modules/$(uname -r)/modules.dep"; do
  if [ -s "$path" ]; then echo "$path"; fi
done
`

const expected = 'the machine runs a kernel of the image, with its initramfs and modules'

/**
 * Judges that the running kernel is one of the image's own, whole: what the next boot and a module's loading find.
 *
 * @param booted true for a machine that was booted from the image: were that a container, the boot would have proved nothing. A machine of the caller's may
 *   be one.
 */
export const judgeKernel = (output: string, booted: boolean): Verdict => {
  const [release = '', container = '', ...found] = output.trim().split('\n')
  const wanted = [`/boot/vmlinuz-${release}`, `/boot/initrd.img-${release}`, `/lib/modules/${release}/modules.dep`]
  if (container !== 'none' && !booted)
    return notJudged(expected, `this machine is a container (${container}), on the kernel of the machine that holds it`)
  return final(
    judge(expected, `kernel ${release}`, [
      ...(container === 'none' ? [] : [`this is a container (${container}), which has no kernel of its own`]),
      ...wanted.filter((path) => !found.includes(path)).map((path) => `${path} is absent or empty`),
    ]),
  )
}

export const check: BoxCheck = {
  run: async (guest) =>
    judgeKernel((await guest.run(['sh', '-c', script], { name: 'kernel' })).stdout, guest.context.fresh),
}
