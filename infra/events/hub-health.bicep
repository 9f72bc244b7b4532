// Resource Health says that a hub is unwell, or well again: an alert on the activity log, to the function onAlert.
param functionAppName string
param hubIds array

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource toApp 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-rehome-app'
  location: 'global'
  properties: {
    groupShortName: 'rehomeapp'
    enabled: true
    azureFunctionReceivers: [
      {
        name: 'onAlert'
        functionAppResourceId: app.id
        functionName: 'onAlert'
        // With its own key: Azure keeps it in the action group.
        httpTriggerUrl: 'https://${app.properties.defaultHostName}/api/alerts?code=${listKeys('${app.id}/functions/onAlert', '2024-11-01').default}'
        useCommonAlertSchema: true
      }
    ]
  }
}

resource unwell 'Microsoft.Insights/activityLogAlerts@2020-10-01' = if (!empty(hubIds)) {
  name: 'rehome-hub-health'
  location: 'global'
  properties: {
    description: 'A hub is unwell, or well again: Rehome holds campaigns at it meanwhile.'
    enabled: true
    scopes: hubIds
    condition: {
      allOf: [
        { field: 'category', equals: 'ResourceHealth' }
        { field: 'resourceType', equals: 'Microsoft.Devices/IotHubs' }
      ]
    }
    actions: { actionGroups: [{ actionGroupId: toApp.id }] }
  }
}

output actionGroupId string = toApp.id
