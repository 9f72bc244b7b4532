// A DPS to try it with, linked to the hubs of the sandbox.
param name string
param scope string
param location string
param tags object
param hubNames array
param appPrincipalId string

resource hubs 'Microsoft.Devices/IotHubs@2023-06-30' existing = [for hub in hubNames: {
  name: hub
}]

resource dps 'Microsoft.Devices/provisioningServices@2022-12-12' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'S1', capacity: 1 }
  properties: {
    allocationPolicy: 'Hashed'
    iotHubs: [for (hub, index) in hubNames: {
      location: location
      applyAllocationPolicy: true
      allocationWeight: 1
      // Its key is not an action of its own: all of them are listed, and its own is taken.
      connectionString: 'HostName=${hubs[index].properties.hostName};SharedAccessKeyName=dps-link;SharedAccessKey=${first(filter(hubs[index].listkeys().value, key => key.keyName == 'dps-link')).primaryKey}'
    }]
  }
}

module access 'existing-dps.bicep' = {
  params: { name: dps.name, scope: scope, appPrincipalId: appPrincipalId }
}

output entry object = access.outputs.entry
