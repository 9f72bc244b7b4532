// Rehome is told that a hub is unwell, or well again, and that it has spent most of the messages of its day.
param hubName string
param actionGroupId string

@description('Of the daily quota, in percent, when Rehome is told.')
param percent int = 60

// A day, and each unit: https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
var messagesOf = { F1: 8000, B1: 400000, B2: 6000000, B3: 300000000, S1: 400000, S2: 6000000, S3: 300000000 }

resource hub 'Microsoft.Devices/IotHubs@2023-06-30' existing = {
  name: hubName
}

resource unwell 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'rehome-${hubName}-health'
  location: 'global'
  properties: {
    description: 'The hub is unwell, or well again: Rehome holds campaigns at it meanwhile.'
    enabled: true
    scopes: [hub.id]
    condition: {
      allOf: [
        { field: 'category', equals: 'ResourceHealth' }
      ]
    }
    actions: { actionGroups: [{ actionGroupId: actionGroupId }] }
  }
}

resource spent 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'rehome-${hubName}-messages'
  location: 'global'
  properties: {
    description: 'The hub has spent ${percent} % of the messages of its day.'
    severity: 2
    enabled: true
    scopes: [hub.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'spent'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'dailyMessageQuotaUsed'
          operator: 'GreaterThan'
          threshold: messagesOf[hub.sku.name] * hub.sku.capacity * percent / 100
          timeAggregation: 'Maximum'
        }
      ]
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}
