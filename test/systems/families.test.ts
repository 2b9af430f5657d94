import test from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { readSystems } from '../../scripts/lib/box/systems.ts'
import { familyOf } from '../../scripts/lib/systems/families.ts'

const [debian, ubuntu] = [{ id: 'debian' }, { id: 'ubuntu' }]
const archiveOf = (mirror: Parameters<ReturnType<typeof familyOf>['archiveOf']>[0], system: { id: string }) =>
  familyOf(system).archiveOf(mirror, system)

test('one address is a mirror of Debian with its security updates beside it, as Debian has them, and of Ubuntu with them in it', (t) => {
  const apt = 'https://mirror.example/debian/'
  t.deepEqual(archiveOf(apt, debian), {
    main: 'https://mirror.example/debian',
    security: 'https://mirror.example/debian-security',
  })
  t.deepEqual(archiveOf('https://mirror.example/ubuntu', ubuntu), {
    main: 'https://mirror.example/ubuntu',
    security: 'https://mirror.example/ubuntu',
  })
  const both = { main: 'https://a.example/x/', security: 'https://b.example/y' }
  t.deepEqual(archiveOf(both, debian), { main: 'https://a.example/x', security: 'https://b.example/y' })
  t.is(archiveOf(undefined, debian), undefined)
})

test('an Agent’s package has an epoch and a revision', (t) => {
  t.is(familyOf(debian).agentPackage('7.83.0'), '1:7.83.0-1')
})

test('VirtualBox knows each system by its own type', (t) => {
  t.deepEqual(familyOf(debian).machineType(debian), { cim: 96, vbox: 'Debian_64' })
  t.deepEqual(familyOf(ubuntu).machineType(ubuntu), { cim: 94, vbox: 'Ubuntu_64' })
})

test('each system of provision/systems.yaml has a family, and another one is refused with those that there are', (t) => {
  for (const system of readSystems(projectAt(process.cwd(), {})).values()) t.notThrows(() => familyOf(system))
  const error = t.throws<BoxhoundError>(() => familyOf({ id: 'fedora' }))
  t.is(error?.details.exitCode, 2)
  t.regex(error?.details.expected ?? '', /debian, ubuntu/)
})
