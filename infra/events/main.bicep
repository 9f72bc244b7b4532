// The second layer, provisioned after the app is deployed: Azure looks for the functions that it is to call.
targetScope = 'subscription'

@description('Resource group of the app.')
param resourceGroupName string

@description('The function app.')
param functionAppName string

@description('Resource ids of the hubs, separated by commas.')
param hubIds string = ''

@description('Hubs created, scaled and deleted, by Event Grid, from their resource groups. A group has one system topic at most: false where it has one.')
param hubChanges bool = true

@description('Devices\' events by Event Grid too, for hubs that cannot route to an Event Hub. A hub has one system topic at most.')
param deviceEventsByEventGrid bool = false

var ids = filter(split(replace(hubIds, ' ', ''), ','), id => !empty(id))
var groupIds = union(map(ids, id => join(take(split(toLower(id), '/'), 5), '/')), [])

resource rg 'Microsoft.Resources/resourceGroups@2024-11-01' existing = {
  name: resourceGroupName
}

module toApp 'action-group.bicep' = {
  scope: rg
  params: { functionAppName: functionAppName }
}

// What is said of a hub is said where it is: alerts and topics stand in its own subscription and resource group.
module alerts 'hub-alerts.bicep' = [for id in ids: {
  scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
  params: { hubName: last(split(id, '/')), actionGroupId: toApp.outputs.actionGroupId }
}]

module changes 'hub-changes.bicep' = [for id in (hubChanges ? groupIds : []): {
  scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
  params: {
    groupId: id
    functionId: resourceId(subscription().subscriptionId, resourceGroupName, 'Microsoft.Web/sites/functions', functionAppName, 'onGridEvent')
  }
}]

module places 'hub-location.bicep' = [for id in (deviceEventsByEventGrid ? ids : []): {
  scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
  params: { hubName: last(split(id, '/')) }
}]

module deviceEvents 'device-events.bicep' = [for (id, index) in (deviceEventsByEventGrid ? ids : []): {
  scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
  params: {
    hubName: last(split(id, '/'))
    location: places[index].outputs.location
    functionId: resourceId(subscription().subscriptionId, resourceGroupName, 'Microsoft.Web/sites/functions', functionAppName, 'onGridEvent')
  }
}]
