// Registrations fail at a DPS, at the webhook or before it. The alert stands beside the DPS, in its own subscription.
param dpsName string
param actionGroupId string

@description('In a quarter of an hour, whatever their cause, before somebody is told.')
param failedRegistrationsMax int = 50

resource dps 'Microsoft.Devices/provisioningServices@2022-12-12' existing = {
  name: dpsName
}

resource failedRegistrations 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'rehome-${dpsName}-failed-registrations'
  location: 'global'
  properties: {
    description: 'Registrations fail at DPS: at the webhook, or before it. See docs/runbook.md.'
    severity: 2
    enabled: true
    scopes: [dps.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'failed'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'RegistrationAttempts'
          dimensions: [{ name: 'Status', operator: 'Include', values: ['Failed'] }]
          operator: 'GreaterThan'
          threshold: failedRegistrationsMax
          timeAggregation: 'Total'
        }
      ]
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}
