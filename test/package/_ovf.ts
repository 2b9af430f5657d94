import { output } from '../render/_render.ts'

/** An element as an XML parser read it; names without their namespaces' addresses, `rasd:InstanceID`. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
  readonly children: readonly Element[]
}

const parser = `
import json, sys, xml.etree.ElementTree as tree
spaces = {
    'http://schemas.dmtf.org/ovf/envelope/1': 'ovf',
    'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData': 'rasd',
    'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData': 'vssd',
    'http://www.virtualbox.org/ovf/machine': 'vbox',
    'http://www.w3.org/XML/1998/namespace': 'xml',
}
def name(tag):
    space, _, local = tag[1:].partition('}')
    return spaces[space] + ':' + local
def read(element):
    attributes = {name(key): value for key, value in element.attrib.items()}
    children = [read(child) for child in element]
    return {'name': name(element.tag), 'attributes': attributes, 'text': element.text or '', 'children': children}
print(json.dumps(read(tree.fromstring(sys.stdin.buffer.read()))))
`

/** Reads an OVF by a real parser; a name outside the five namespaces, or in none, throws. */
export const parseOvf = (text: string): Element => JSON.parse(output('python3', ['-c', parser], text).toString('utf8'))

/** Every element of a name at any depth, in the order of the file. */
export const all = (element: Element, name: string): readonly Element[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => all(child, name)),
]

/** The only element of a name. */
export const only = (element: Element, name: string): Element => {
  const [one, ...others] = all(element, name)
  if (one === undefined || others.length > 0) throw new Error(`${others.length + (one ? 1 : 0)} elements ${name}`)
  return one
}

/** Settings of each hardware item, by the names of the schema: `{ InstanceID: '3', … }`. */
export const itemsOf = (envelope: Element): readonly Readonly<Record<string, string>>[] =>
  all(envelope, 'ovf:Item').map(({ children }) =>
    Object.fromEntries(children.map(({ name, text }) => [name.replace(/^rasd:/, ''), text])),
  )
