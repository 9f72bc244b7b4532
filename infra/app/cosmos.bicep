// The store: devices with their moves, hubs, plans, campaigns, policy, audit. Its containers are the code's own (shared/wire/containers.ts).
param name string
param location string
param tags object

@description('Who may read and write it.')
param principalIds array

@description('Request units a second, autoscaled, that all containers share; 0: serverless.')
param throughputMax int

var containers = loadJsonContent('../generated/containers.json')
var isServerless = throughputMax == 0
// Cosmos DB Built-in Data Contributor, a role of the data plane: Azure's own roles do not let anybody in
var dataContributor = '00000000-0000-0000-0000-000000000002'

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [{ locationName: location, failoverPriority: 0, isZoneRedundant: false }]
    capabilities: isServerless ? [{ name: 'EnableServerless' }] : []
    consistencyPolicy: { defaultConsistencyLevel: 'Session' }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous7Days' } }
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-10-15' = {
  parent: account
  name: 'rehome'
  properties: {
    resource: { id: 'rehome' }
    options: isServerless ? {} : { autoscaleSettings: { maxThroughput: throughputMax } }
  }
}

resource container 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-10-15' = [for item in containers: {
  parent: database
  name: item.id
  properties: {
    resource: {
      id: item.id
      partitionKey: { paths: item.partitionKey.paths, kind: 'Hash', version: 2 }
      indexingPolicy: item.indexingPolicy
      defaultTtl: item.defaultTtl
    }
  }
}]

resource mayReadAndWrite 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = [for principalId in principalIds: {
  parent: account
  name: guid(account.id, principalId, dataContributor)
  properties: {
    principalId: principalId
    roleDefinitionId: '${account.id}/sqlRoleDefinitions/${dataContributor}'
    scope: account.id
  }
}]

output endpoint string = account.properties.documentEndpoint
