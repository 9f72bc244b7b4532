// Who is told when something needs a person. Each alert is a query of infra/queries, which stands in the runbook too.
param location string
param tags object
param applicationInsightsId string
param alertEmail string

var alerts = [
  {
    name: 'allocation-failures'
    says: 'Devices were given no answer by the webhook.'
    query: loadTextContent('../queries/allocation-failures.kql')
    severity: 1
    minutes: 5
    moreThan: 5
  }
  {
    name: 'allocation-latency'
    says: 'The webhook is slow.'
    query: loadTextContent('../queries/allocation-latency.kql')
    severity: 2
    minutes: 15
    moreThan: 20
  }
  {
    name: 'degraded-answers'
    says: 'Devices are placed without their record, or by the last resort.'
    query: loadTextContent('../queries/degraded-answers.kql')
    severity: 2
    minutes: 15
    moreThan: 20
  }
  {
    name: 'unconfirmed-hubs'
    says: 'Devices that are answered a hub do not turn up there.'
    query: loadTextContent('../queries/unconfirmed-hubs.kql')
    severity: 2
    minutes: 15
    moreThan: 20
  }
  {
    name: 'stranded-devices'
    says: 'A device was moved and has not been heard from since.'
    query: loadTextContent('../queries/stranded-devices.kql')
    severity: 1
    minutes: 5
    moreThan: 0
  }
  {
    name: 'gates-failed'
    says: 'A campaign is held or being called off: it needs a person.'
    query: loadTextContent('../queries/gates-failed.kql')
    severity: 2
    minutes: 5
    moreThan: 0
  }
  {
    name: 'pace-below-quota'
    says: 'A campaign goes slower than its quotas let it.'
    query: loadTextContent('../queries/pace-below-quota.kql')
    severity: 3
    minutes: 15
    moreThan: 10
  }
  {
    name: 'dead-letters'
    says: 'Events could not be parsed.'
    query: loadTextContent('../queries/dead-letters.kql')
    severity: 3
    minutes: 15
    moreThan: 0
  }
  {
    name: 'breaker-tripped'
    says: 'Too much was broken at once: everything is stopped until a person has looked.'
    query: loadTextContent('../queries/breaker-tripped.kql')
    severity: 0
    minutes: 5
    moreThan: 0
  }
  {
    name: 'faults'
    says: 'Functions fail, or a bad setting has switched something off.'
    query: loadTextContent('../queries/faults.kql')
    severity: 2
    minutes: 15
    moreThan: 10
  }
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-rehome'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'rehome'
    enabled: true
    emailReceivers: empty(alertEmail) ? [] : [{ name: 'operators', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in alerts: {
  name: 'rehome-${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Rehome: ${alert.name}'
    description: '${alert.says} See docs/runbook.md.'
    severity: alert.severity
    enabled: true
    scopes: [applicationInsightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT${alert.minutes}M'
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: alert.moreThan
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [actionGroup.id] }
    autoMitigate: true
  }
}]

resource heartbeat 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'rehome-heartbeat'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Rehome: heartbeat'
    description: 'The timers do not run: nothing moves, and no deadline is kept. See docs/runbook.md.'
    severity: 1
    enabled: true
    scopes: [applicationInsightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT10M'
    criteria: {
      allOf: [
        {
          query: loadTextContent('../queries/heartbeat.kql')
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [actionGroup.id] }
    autoMitigate: true
  }
}

output actionGroupId string = actionGroup.id
