// A hub to try it with, with its routes. A hub that is there already is never written by Bicep: it would lose what it is not told.
param name string
param location string
param tags object
param sku string
param namespaceName string
param eventHubName string
param routeIdentityId string
param routes array
param appPrincipalId string

resource hub 'Microsoft.Devices/IotHubs@2023-06-30' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku, capacity: 1 }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${routeIdentityId}': {} }
  }
  properties: {
    minTlsVersion: '1.2'
    // A DPS is linked to a hub by a key, in the API that is generally available: local authentication stays on.
    disableLocalAuth: false
    authorizationPolicies: [
      { keyName: 'dps-link', rights: 'RegistryRead, RegistryWrite, ServiceConnect' }
    ]
    routing: {
      endpoints: {
        eventHubs: [
          {
            name: 'rehome'
            authenticationType: 'identityBased'
            identity: { userAssignedIdentity: routeIdentityId }
            endpointUri: 'sb://${namespaceName}.servicebus.windows.net'
            entityPath: eventHubName
            resourceGroup: resourceGroup().name
            subscriptionId: subscription().subscriptionId
          }
        ]
      }
      routes: [for route in routes: {
        name: route.name
        source: route.source
        condition: route.condition
        endpointNames: ['rehome']
        isEnabled: true
      }]
      fallbackRoute: { name: '$fallback', source: 'DeviceMessages', condition: 'true', endpointNames: ['events'], isEnabled: true }
    }
  }
}

module access 'existing-hub.bicep' = {
  params: { name: hub.name, appPrincipalId: appPrincipalId }
}

output seed object = access.outputs.seed
