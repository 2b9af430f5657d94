import type { Reply } from './faults.ts'
import { notFound } from './refusal.ts'

/** `GET /api/v2/org_configs/{name}`. The account knows only one name. @throws Refusal 404 for any other. */
export const getOrganisationConfig = (name: string, timezone: string): Reply => {
  if (name !== 'monitor_timezone') throw notFound('Org config')
  return {
    status: 200,
    body: {
      data: {
        type: 'org_configs',
        id: '00000000-0000-8000-8000-000000000001',
        attributes: {
          name,
          description: 'The timezone used by monitors and downtimes when they name none',
          value: timezone,
          value_type: 'string',
        },
      },
    },
  }
}
