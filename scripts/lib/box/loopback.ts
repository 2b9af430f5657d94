// Addresses that never leave the machine.

const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)

/** What is wrong with the address of a request that a machine makes to itself; undefined for a good one. */
export const loopbackProblem = (text: string): string | undefined => {
  const expected = 'an http or https address of the machine itself, such as http://127.0.0.1:8080/'
  if (!URL.canParse(text)) return expected
  const { protocol, hostname, username, password } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return expected
  if (username !== '' || password !== '') return `${expected}, without a login`
  return isLoopbackHost(hostname) ? undefined : `${expected}: assertions send nothing to other machines`
}
