import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

/** Release of the running kernel, then what of it is on the disk, one path a line; the container's name where there is one. */
const script = `
uname -r
systemd-detect-virt --container || true
for path in "/boot/vmlinuz-$(uname -r)" "/boot/initrd.img-$(uname -r)" "/lib/modules/$(uname -r)/modules.dep"; do
  if [ -s "$path" ]; then echo "$path"; fi
done
`

/** Judges that the running kernel is one of the image's own, whole: what the next boot and a module's loading find. */
export const judgeKernel = (output: string): Verdict => {
  const [release = '', container = '', ...found] = output.trim().split('\n')
  const wanted = [`/boot/vmlinuz-${release}`, `/boot/initrd.img-${release}`, `/lib/modules/${release}/modules.dep`]
  return final(
    judge('the machine runs a kernel of the image, with its initramfs and modules', `kernel ${release}`, [
      ...(container === 'none' ? [] : [`this is a container (${container}), which has no kernel of its own`]),
      ...wanted.filter((path) => !found.includes(path)).map((path) => `${path} is absent or empty`),
    ]),
  )
}

export const check: BoxCheck = {
  run: async (guest) => judgeKernel((await guest.run(['sh', '-c', script], { name: 'kernel' })).stdout),
}
