// A hub that is there already, in its own resource group: the app is let in, and what it is becomes a seed of the hub table.
param name string
param appPrincipalId string

// IoT Hub Data Contributor: twins, methods, registry. SECURITY.md has a custom role that has less.
var dataContributor = '4fc6c259-987e-4a07-842e-c321cc9d413f'

resource hub 'Microsoft.Devices/IotHubs@2023-06-30' existing = {
  name: name
}

resource appOnHub 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hub.id, appPrincipalId, dataContributor)
  scope: hub
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataContributor)
  }
}

output seed object = {
  hostName: hub.properties.hostName
  // As rules spell it: older hubs say West Europe.
  region: toLower(replace(hub.location, ' ', ''))
  tier: hub.sku.name
  units: hub.sku.capacity
}
