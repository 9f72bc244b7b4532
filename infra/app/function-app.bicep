// The app, on Flex Consumption. What it is called by from outside (the webhook, alerts, Event Grid) cannot be private: DPS reaches
// public addresses alone.
param name string
param location string
param tags object
param identityId string
param identityClientId string
param storageAccountName string
param deploymentContainerName string
param applicationInsightsName string
param cosmosEndpoint string
param eventHubsNamespaceName string
param deviceEventsName string
param decisionsName string
param auditName string
param scopes array
param sandboxHubs array
param existingHubs array
param sandboxDps array
param existingDps array
param propertyName string
param labelsFrom string
param settings object
param alwaysReadyHttp int
param alwaysReadyEvents int
param maximumInstanceCount int
param instanceMemoryMB int
param authClientId string

@description('Requests that an instance takes at once: the webhook waits for the store more than it computes.')
param httpPerInstanceConcurrency int = 64

var dpsEntries = concat(sandboxDps, existingDps)

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    siteConfig: { minTlsVersion: '1.2', ftpsState: 'Disabled' }
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: filter(
          [
            { name: 'http', instanceCount: alwaysReadyHttp }
            { name: 'function:onHubEvent', instanceCount: alwaysReadyEvents }
          ],
          group => group.instanceCount > 0
        )
        triggers: { http: { perInstanceConcurrency: httpPerInstanceConcurrency } }
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${deploymentContainerName}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
    }
  }

  // Later ones win: what the code starts from, what is known here, what the operator says.
  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(
      loadJsonContent('../generated/settings.json'),
      {
        AzureWebJobsStorage__accountName: storage.name
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: identityClientId
        AZURE_CLIENT_ID: identityClientId
        APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
        REHOME_COSMOS__accountEndpoint: cosmosEndpoint
        REHOME_EVENTS__fullyQualifiedNamespace: '${eventHubsNamespaceName}.servicebus.windows.net'
        REHOME_EVENTS__credential: 'managedidentity'
        REHOME_EVENTS__clientId: identityClientId
        REHOME_EVENTS_HUB: deviceEventsName
        REHOME_DECISIONS_HUB: decisionsName
        REHOME_AUDIT_HUB: auditName
        REHOME_SCOPES: join(scopes, ',')
        REHOME_HUBS: string(concat(sandboxHubs, existingHubs))
        REHOME_DPS: string(toObject(dpsEntries, entry => entry.scope, entry => { idScope: entry.idScope, hostName: entry.hostName }))
        REHOME_PROPERTY_NAME: propertyName
        REHOME_LABELS_FROM: labelsFrom
      },
      settings
    )
  }

  resource noBasicScm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource noBasicFtp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  // Entra stands before everything but what cannot show a token of it: DPS, alerts and Event Grid come with keys, and probes see nothing.
  resource auth 'config' = if (!empty(authClientId)) {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true }
      globalValidation: {
        requireAuthentication: true
        unauthenticatedClientAction: 'Return401'
        excludedPaths: loadJsonContent('../generated/excluded-paths.json')
      }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: authClientId
            openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          }
          validation: { allowedAudiences: [authClientId, 'api://${authClientId}'] }
        }
      }
      login: { tokenStore: { enabled: false } }
    }
  }
}

output name string = app.name
output id string = app.id
output url string = 'https://${app.properties.defaultHostName}'
