// The second layer, provisioned after the app is deployed: Azure looks for the functions that it is to call.
targetScope = 'subscription'

@description('Resource group of the app.')
param resourceGroupName string

@description('The function app.')
param functionAppName string

@description('Resource ids of the hubs, separated by commas.')
param hubIds string

@description('Devices\' events by Event Grid too, for hubs that cannot route to an Event Hub. A hub has one system topic at most.')
param deviceEventsByEventGrid bool = false

var ids = filter(split(replace(hubIds, ' ', ''), ','), id => !empty(id))
var groupIds = union(map(ids, id => join(take(split(id, '/'), 5), '/')), [])

resource rg 'Microsoft.Resources/resourceGroups@2024-11-01' existing = {
  name: resourceGroupName
}

module health 'hub-health.bicep' = {
  scope: rg
  params: { functionAppName: functionAppName, hubIds: ids }
}

module quotas 'hub-quota.bicep' = [for id in ids: {
  scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
  params: { hubName: last(split(id, '/')), actionGroupId: health.outputs.actionGroupId }
}]

// Hubs created, scaled and deleted: told by the resource groups that they are in.
module changes 'hub-changes.bicep' = [for (id, index) in groupIds: {
  scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
  params: {
    groupId: id
    functionId: resourceId(subscription().subscriptionId, resourceGroupName, 'Microsoft.Web/sites/functions', functionAppName, 'onGridEvent')
  }
}]

module deviceEvents 'device-events.bicep' = [for id in (deviceEventsByEventGrid ? ids : []): {
  scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
  params: {
    hubName: last(split(id, '/'))
    functionId: resourceId(subscription().subscriptionId, resourceGroupName, 'Microsoft.Web/sites/functions', functionAppName, 'onGridEvent')
  }
}]
