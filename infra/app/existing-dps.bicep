// A DPS that is there already, in its own resource group: the app is let in.
param name string
param scope string
param appPrincipalId string

// Device Provisioning Service Data Contributor: it reads enrollments and registrations, and may repair them where a plan says so
var dataContributor = 'dfce44e4-17b7-4bd1-a6d1-04996ec95633'

resource dps 'Microsoft.Devices/provisioningServices@2022-12-12' existing = {
  name: name
}

resource appOnDps 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dps.id, appPrincipalId, dataContributor)
  scope: dps
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataContributor)
  }
}

output entry object = {
  scope: scope
  idScope: dps.properties.idScope
  hostName: dps.properties.serviceOperationsHostName
}
