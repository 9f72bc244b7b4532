// Rehome, in one resource group of its own, for IoT hubs and DPS instances that are there already; in a sandbox, with some of its own.
// What needs the functions to exist stands in events/main.bicep, which is provisioned after the app is deployed.
targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the azd environment: resources are named after it.')
param environmentName string

@minLength(1)
@description('Region of everything that is made here. It must have Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Resource ids of the IoT hubs that devices may live on, separated by commas. Their routes are made by deploy/route-hubs.ts.')
param hubIds string = ''

@description('The DPS instances that ask Rehome, each under a short name of yours: main=/subscriptions/…/provisioningServices/contoso, separated by commas.')
param dpsIds string = ''

@description('Makes a DPS and hubs to try it with. Never where there is a fleet.')
param sandbox bool = false

@minValue(2)
@maxValue(10)
@description('Hubs of the sandbox.')
param sandboxHubCount int = 3

@allowed(['S1', 'S2', 'S3'])
@description('Tier of the hubs of the sandbox: Basic has no methods and no twins.')
param sandboxHubSku string = 'S1'

@description('App settings of yours, by name: they win over all others. docs/settings.md tells them.')
param settings object = {}

@description('The property of the device contract: hubs route a twin change that has it (REHOME_PROPERTY_NAME).')
param propertyName string = 'reprovision'

@description('Where twins say what rules go by, separated by commas: tags.tenant,reported.region (REHOME_LABELS_FROM). Hubs route those changes too.')
param labelsFrom string = ''

@minValue(0)
@description('Instances that are always ready to answer HTTP, the webhook above all. 0: a device may wait for a cold start. Each is billed by the hour.')
param alwaysReadyHttp int = 1

@minValue(0)
@description('Instances that are always ready for hub events.')
param alwaysReadyEvents int = 0

@minValue(40)
@maxValue(1000)
@description('Instances at most.')
param maximumInstanceCount int = 100

@allowed([512, 2048, 4096])
@description('Memory of an instance, in MB: a plan of ten million devices takes 3 GB.')
param instanceMemoryMB int = 2048

@minValue(0)
@description('Request units a second that the store may rise to (autoscale, 1,000 at least); 0: serverless. Chosen with the first deployment, for good.')
param cosmosThroughputMax int = 0

@minValue(2)
@maxValue(32)
@description('Partitions of each Event Hub, for good: they order and spread events by device.')
param eventPartitionCount int = 8

@minValue(1)
@description('Log data of a day at most, in GB: a decision is about 700 bytes. Past it there is no log, and alerts are blind.')
param logDailyQuotaGb int = 5

@description('Client id of the Entra application before the management API. Empty: there is no management API, and no page.')
param authClientId string = ''

@description('Who is told of alerts, by e-mail. Empty: nobody.')
param alertEmail string = ''

@description('Object id of a person who may read and write the store by hand. Empty: nobody may.')
param principalId string = ''

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var existingHubIds = filter(split(replace(hubIds, ' ', ''), ','), id => !empty(id))
var existingDps = map(filter(split(replace(dpsIds, ' ', ''), ','), entry => !empty(entry)), entry => {
  scope: split(entry, '=')[0]
  id: split(entry, '=')[1]
})
var scopes = sandbox ? ['main'] : map(existingDps, dps => dps.scope)

// What the hubs tell: all that befalls a device, and of twins only what Rehome reads.
var labelPaths = filter(split(replace(labelsFrom, ' ', ''), ','), path => !empty(path))
var twinPaths = concat(
  ['properties.reported.${propertyName}'],
  map(labelPaths, path => startsWith(path, 'tags.') ? path : 'properties.${path}')
)
var routes = [
  { name: 'rehome-lifecycle', source: 'DeviceLifecycleEvents', condition: 'true' }
  { name: 'rehome-connection', source: 'DeviceConnectionStateEvents', condition: 'true' }
  {
    name: 'rehome-twin'
    source: 'TwinChangeEvents'
    condition: join(map(twinPaths, path => 'IS_DEFINED($body.${path})'), ' OR ')
  }
]

resource rg 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'app/identity.bicep' = {
  scope: rg
  params: { name: 'id-rehome-${token}', location: location, tags: tags }
}

// Of the hubs, where they send: one for all, which may send before a route is made, so that the route is found good.
module routeIdentity 'app/identity.bicep' = {
  scope: rg
  params: { name: 'id-rehome-routes-${token}', location: location, tags: tags }
}

module monitoring 'app/monitoring.bicep' = {
  scope: rg
  params: {
    token: token
    location: location
    tags: tags
    dailyQuotaGb: logDailyQuotaGb
    appPrincipalId: identity.outputs.principalId
  }
}

module storage 'app/storage.bicep' = {
  scope: rg
  params: {
    name: 'strehome${token}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
  }
}

module cosmos 'app/cosmos.bicep' = {
  scope: rg
  params: {
    name: 'cosmos-rehome-${token}'
    location: location
    tags: tags
    principalIds: union([identity.outputs.principalId], empty(principalId) ? [] : [principalId])
    throughputMax: cosmosThroughputMax
  }
}

module eventHubs 'app/event-hubs.bicep' = {
  scope: rg
  params: {
    name: 'evhns-rehome-${token}'
    location: location
    tags: tags
    partitionCount: eventPartitionCount
    appPrincipalId: identity.outputs.principalId
    routePrincipalId: routeIdentity.outputs.principalId
  }
}

module sandboxHubs 'app/sandbox-hub.bicep' = [for index in range(0, sandbox ? sandboxHubCount : 0): {
  scope: rg
  params: {
    name: 'iot-rehome-${token}-${index}'
    location: location
    tags: tags
    sku: sandboxHubSku
    namespaceName: eventHubs.outputs.namespaceName
    eventHubName: eventHubs.outputs.deviceEventsName
    routeIdentityId: routeIdentity.outputs.id
    routes: routes
    appPrincipalId: identity.outputs.principalId
  }
}]

module sandboxDps 'app/sandbox-dps.bicep' = if (sandbox) {
  scope: rg
  params: {
    name: 'dps-rehome-${token}'
    scope: 'main'
    location: location
    tags: tags
    hubNames: [for index in range(0, sandboxHubCount): 'iot-rehome-${token}-${index}']
    appPrincipalId: identity.outputs.principalId
  }
  dependsOn: [sandboxHubs]
}

module hubs 'app/existing-hub.bicep' = [for id in existingHubIds: {
  scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
  params: { name: last(split(id, '/')), appPrincipalId: identity.outputs.principalId }
}]

module dps 'app/existing-dps.bicep' = [for one in existingDps: {
  scope: resourceGroup(split(one.id, '/')[2], split(one.id, '/')[4])
  params: { name: last(split(one.id, '/')), scope: one.scope, appPrincipalId: identity.outputs.principalId }
}]

module app 'app/function-app.bicep' = {
  scope: rg
  params: {
    name: 'func-rehome-${token}'
    location: location
    tags: union(tags, { 'azd-service-name': 'rehome' })
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    deploymentContainerName: storage.outputs.deploymentContainerName
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    cosmosEndpoint: cosmos.outputs.endpoint
    eventHubsNamespaceName: eventHubs.outputs.namespaceName
    deviceEventsName: eventHubs.outputs.deviceEventsName
    decisionsName: eventHubs.outputs.decisionsName
    auditName: eventHubs.outputs.auditName
    scopes: scopes
    sandboxHubs: [for index in range(0, sandbox ? sandboxHubCount : 0): sandboxHubs[index].outputs.seed]
    existingHubs: [for index in range(0, length(existingHubIds)): hubs[index].outputs.seed]
    sandboxDps: sandbox ? [sandboxDps.outputs.entry] : []
    existingDps: [for index in range(0, length(existingDps)): dps[index].outputs.entry]
    propertyName: propertyName
    labelsFrom: labelsFrom
    settings: settings
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyEvents: alwaysReadyEvents
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    authClientId: authClientId
  }
}

module alerts 'app/alerts.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    alertEmail: alertEmail
  }
}

module sandboxDpsAlert 'app/dps-alert.bicep' = if (sandbox) {
  scope: rg
  params: { dpsName: 'dps-rehome-${token}', actionGroupId: alerts.outputs.actionGroupId }
  dependsOn: [sandboxDps]
}

module dpsAlerts 'app/dps-alert.bicep' = [for one in existingDps: {
  scope: resourceGroup(split(one.id, '/')[2], split(one.id, '/')[4])
  params: { dpsName: last(split(one.id, '/')), actionGroupId: alerts.outputs.actionGroupId }
}]

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = rg.name
output REHOME_DPS_HOST string = sandbox ? sandboxDps.outputs.entry.hostName : ''
output REHOME_APP_NAME string = app.outputs.name
output REHOME_URL string = app.outputs.url
output REHOME_ROUTES string = string(routes)
output REHOME_ROUTE_IDENTITY_ID string = routeIdentity.outputs.id
output REHOME_ROUTE_NAMESPACE string = eventHubs.outputs.namespaceName
output REHOME_ROUTE_EVENT_HUB string = eventHubs.outputs.deviceEventsName
output REHOME_HUB_RESOURCE_IDS string = join(sandbox ? map(range(0, sandboxHubCount), index => resourceId(subscription().subscriptionId, rg.name, 'Microsoft.Devices/IotHubs', 'iot-rehome-${token}-${index}')) : existingHubIds, ',')
