import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { main } from '../../scripts/traffic.ts'

const refused: readonly [title: string, argv: string[], said: RegExp][] = [
  ['a duration that is none', ['--for', 'long'], /--for is not valid/],
  ['no rate at all', ['--rate', '0'], /--rate is not valid/],
  ['more connections than anybody has', ['--connections', '5000'], /--connections is not valid/],
  ['a shape that nobody knows', ['--shape', 'wave'], /--shape must be one of steady, ramp, spikes/],
  [
    'more requests than --wire can keep',
    ['--wire', '--for', '1h', '--rate', '100'],
    /that many requests cannot be kept for --wire/,
  ],
  ['a host', ['--host', 'db1.example'], /Unknown option '--host'/],
]

for (const [title, argv, said] of refused) {
  test(`${title} is refused before anything starts`, async (t) => {
    await t.throwsAsync(main(['lab', ...argv], projectAt(process.cwd())), { code: 'E_USAGE', message: said })
  })
}
