// Whom alerts about hubs are sent to: the function onAlert.
param functionAppName string

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

output actionGroupId string = toApp.id
