import type { Bicep, Fields } from './bicep.ts';
import { bindingsOf, type Deployment, type Files } from './deployment-files.ts';

/** Whom the deployment lets in where, against what the app's bindings and packages need. */
type Role = { readonly role: string; readonly scope: string; readonly of: string };

const roleNames: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  'a638d3c7-ab3a-418d-83e6-5f17a39d4fde': 'Azure Event Hubs Data Receiver',
  '2b629674-e913-4c01-ae53-ef4638d8f975': 'Azure Event Hubs Data Sender',
  '4fc6c259-987e-4a07-842e-c321cc9d413f': 'IoT Hub Data Contributor',
  'dfce44e4-17b7-4bd1-a6d1-04996ec95633': 'Device Provisioning Service Data Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '00000000-0000-0000-0000-000000000002': 'Cosmos DB Built-in Data Contributor',
};

/** What each package of Microsoft's needs of the services that it speaks to; none: it speaks to nobody that has roles. */
const sdkNeeds: Readonly<Record<string, readonly Role[]>> = {
  '@azure/monitor-opentelemetry-exporter': [
    { role: 'Monitoring Metrics Publisher', scope: 'insights', of: 'the app' },
  ],
  '@azure/functions': [
    { role: 'Storage Blob Data Owner', scope: 'account', of: 'the app' },
    { role: 'Storage Table Data Contributor', scope: 'account', of: 'the app' },
    { role: 'Monitoring Metrics Publisher', scope: 'insights', of: 'the app' },
  ],
  '@azure/identity': [],
  '@azure/cosmos': [
    { role: 'Cosmos DB Built-in Data Contributor', scope: 'account.id', of: 'the app' },
  ],
  '@azure/event-hubs': [
    { role: 'Azure Event Hubs Data Sender', scope: 'decisions', of: 'the app' },
    { role: 'Azure Event Hubs Data Sender', scope: 'audit', of: 'the app' },
  ],
  'azure-iothub': [{ role: 'IoT Hub Data Contributor', scope: 'hub', of: 'the app' }],
  'azure-iot-provisioning-service': [
    { role: 'Device Provisioning Service Data Contributor', scope: 'dps', of: 'the app' },
  ],
};

/** The Event Hub that a setting names is, in Bicep, called so. */
const eventHubOf: Readonly<Record<string, string>> = {
  '%REHOME_EVENTS_HUB%': 'deviceEvents',
  '%REHOME_DECISIONS_HUB%': 'decisions',
};

/** Hubs send where their routes end. */
const routesSend: Role = {
  role: 'Azure Event Hubs Data Sender',
  scope: 'deviceEvents',
  of: 'the hubs',
};

export const roles = ({ registered, sdks }: Deployment, bicep: Files): readonly string[] => {
  const listens = bindingsOf(registered)
    .filter(({ type }) => type === 'eventHubTrigger')
    .map(({ eventHubName }) => ({
      role: 'Azure Event Hubs Data Receiver',
      scope: eventHubOf[String(eventHubName)] ?? String(eventHubName),
      of: 'the app',
    }));
  const unjudged = sdks.filter((sdk) => sdkNeeds[sdk] === undefined);
  const needed = [...sdks.flatMap((sdk) => sdkNeeds[sdk] ?? []), ...listens, routesSend].map(say);
  const given = [...bicep].flatMap(([file, one]) => rolesGiven(file, one)).map(say);
  return [
    ...unjudged.map((sdk) => `nobody has said what roles ${sdk} needs`),
    ...needed.filter((role) => !given.includes(role)).map((role) => `not given: ${role}`),
    ...given.filter((role) => !needed.includes(role)).map((role) => `given for nothing: ${role}`),
  ];
};

const say = ({ role, scope, of }: Role): string => `${role} on ${scope}, to ${of}`;

/** Who is meant by a parameter of that name: `deployment-facts.ts` looks who is handed on under it. */
const principals: Readonly<Record<string, string>> = {
  appPrincipalId: 'the app',
  principalId: 'the app', // of the store, where a person may be let in besides
  routePrincipalId: 'the hubs',
};

const rolesGiven = (file: string, { resources, variables }: Bicep): readonly Role[] =>
  resources
    .filter(({ type }) => /\/(roleAssignments|sqlRoleAssignments)$/.test(type))
    .map(({ body, condition }) => {
      const properties = body['properties'] as Fields;
      const definition = JSON.stringify(properties['roleDefinitionId']);
      const [, id = definition] =
        [...variables]
          .map(([name, guid]) => [name, String(guid)] as const)
          .find(([name]) => new RegExp(`\\b${name}\\b`).test(definition)) ?? [];
      const scope = String(body['scope'] ?? properties['scope'] ?? file);
      const principal = String(properties['principalId']);
      return {
        role: roleNames[id] ?? id,
        scope,
        of: `${principals[principal] ?? principal}${condition ? `, if ${condition}` : ''}`,
      };
    });
