// A hub has spent most of the messages of its day: Rehome is told, and plans to drain it before it is silent.
param hubName string
param actionGroupId string

@description('Of the daily quota, in percent, when Rehome is told.')
param percent int = 60

// A day, and each unit: https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
var messagesOf = { S1: 400000, S2: 6000000, S3: 300000000 }

resource hub 'Microsoft.Devices/IotHubs@2023-06-30' existing = {
  name: hubName
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
