// What hubs tell, decisions that wait for the store, and the audit stream. Each role is on its Event Hub, not on the namespace.
param name string
param location string
param tags object
param partitionCount int
param appPrincipalId string
param routePrincipalId string

// Azure Event Hubs Data Receiver, and Sender
var receiver = 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'
var sender = '2b629674-e913-4c01-ae53-ef4638d8f975'

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    isAutoInflateEnabled: true
    maximumThroughputUnits: 10
  }
}

// Seven days, the most that Standard keeps: so long may the app be away before an event is lost.
resource deviceEvents 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = {
  parent: namespace
  name: 'device-events'
  properties: { partitionCount: partitionCount, messageRetentionInDays: 7 }
}

resource decisions 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = {
  parent: namespace
  name: 'decisions'
  properties: { partitionCount: partitionCount, messageRetentionInDays: 7 }
}

resource audit 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = {
  parent: namespace
  name: 'audit'
  properties: { partitionCount: partitionCount, messageRetentionInDays: 7 }
}

resource appReceivesDeviceEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deviceEvents.id, appPrincipalId, receiver)
  scope: deviceEvents
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', receiver)
  }
}

resource appReceivesDecisions 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(decisions.id, appPrincipalId, receiver)
  scope: decisions
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', receiver)
  }
}

resource appSendsDecisions 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(decisions.id, appPrincipalId, sender)
  scope: decisions
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
  }
}

resource appSendsAudit 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(audit.id, appPrincipalId, sender)
  scope: audit
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
  }
}

resource hubsSendDeviceEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deviceEvents.id, routePrincipalId, sender)
  scope: deviceEvents
  properties: {
    principalId: routePrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
  }
}

output namespaceName string = namespace.name
output deviceEventsName string = deviceEvents.name
output decisionsName string = decisions.name
output auditName string = audit.name
