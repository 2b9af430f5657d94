// The official client, loaded in parts.

import type {
  HttpLibrary,
  RequestContext,
} from '@datadog/datadog-api-client/dist/packages/datadog-api-client-common/http/http.js'
import { BoxhoundError } from '../../_helpers/errors.ts'
import type { JsonObject } from '../json-object.ts'
import type { Credentials } from './credentials.ts'

/** Loads only the modules that are needed: the whole package takes twice as long. */
const load = async () => {
  const [common, servers, dashboards, monitors, authentication, v1, downtimes, organizations, v2, util] =
    await Promise.all([
      import('@datadog/datadog-api-client/dist/packages/datadog-api-client-common/configuration.js'),
      import('@datadog/datadog-api-client/dist/packages/datadog-api-client-common/servers.js'),
      import('@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/apis/DashboardsApi.js'),
      import('@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/apis/MonitorsApi.js'),
      import('@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/apis/AuthenticationApi.js'),
      import('@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/ObjectSerializer.js'),
      import('@datadog/datadog-api-client/dist/packages/datadog-api-client-v2/apis/DowntimesApi.js'),
      import('@datadog/datadog-api-client/dist/packages/datadog-api-client-v2/apis/OrganizationsApi.js'),
      import('@datadog/datadog-api-client/dist/packages/datadog-api-client-v2/models/ObjectSerializer.js'),
      import('@datadog/datadog-api-client/dist/packages/datadog-api-client-common/util.js'),
    ])
  return { common, servers, dashboards, monitors, authentication, v1, downtimes, organizations, v2, util }
}

const missing = (cause: unknown): BoxhoundError =>
  new BoxhoundError('E_CLIENT', 'the official client of Datadog’s API is not installed', {
    expected: '@datadog/datadog-api-client, an optional dependency',
    found: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause),
    next: 'npm ci --include=optional',
    exitCode: 3,
    cause,
  })

/** The parts of the official client that are used, bound to one account. */
export type ApiClient = Awaited<ReturnType<typeof apiClient>>

/**
 * Loads the official client; no other module of boxhound does.
 *
 * @param http our own transport, which supports proxies, certificates, timeouts and retries.
 * @throws BoxhoundError E_CLIENT (exit code 3) if it is not installed.
 */
export const apiClient = async ({ apiKey, applicationKey, url }: Credentials, http: HttpLibrary) => {
  const modules = await load().catch((cause: unknown) => {
    throw missing(cause)
  })
  const configuration = modules.common.createConfiguration({
    baseServer: new modules.servers.BaseServerConfiguration(url, {}),
    authMethods: { apiKeyAuth: apiKey, appKeyAuth: applicationKey },
    httpApi: http,
    // Tells the account that these resources are managed by files.
    isIaC: true,
  })
  return {
    dashboards: new modules.dashboards.DashboardsApi(configuration),
    /**
     * Creates dashboard requests for `send`, because the client's own parser tries thirty widget types for each widget,
     * using exceptions.
     */
    dashboardRequests: new modules.dashboards.DashboardsApiRequestFactory(configuration),
    monitors: new modules.monitors.MonitorsApi(configuration),
    authentication: new modules.authentication.AuthenticationApi(configuration),
    downtimes: new modules.downtimes.DowntimesApi(configuration),
    organizations: new modules.organizations.OrganizationsApi(configuration),
    /** Sends a request as the client's own methods do, but returns the response unparsed. */
    send: async (request: RequestContext): Promise<unknown> => JSON.parse(await (await http.send(request)).body.text()),
    /** A body that the client's methods send unchanged, including fields that its models don't know. */
    body: (wire: JsonObject) => modules.v1.ObjectSerializer.deserialize(new modules.util.UnparsedObject(wire), 'any'),
    /** Converts between the wire format and the client's models. */
    v1: modules.v1.ObjectSerializer,
    v2: modules.v2.ObjectSerializer,
  }
}
