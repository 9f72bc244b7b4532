// What befalls hubs as resources, told by the resource group that they are in.
param groupId string
param functionId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-rehome-hubs'
  location: 'global'
  properties: { source: groupId, topicType: 'Microsoft.Resources.ResourceGroups' }
}

resource toApp 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'rehome'
  properties: {
    destination: {
      endpointType: 'AzureFunction'
      // One by one: an event that fails would bring its whole batch again.
      properties: { resourceId: functionId, maxEventsPerBatch: 1, preferredBatchSizeInKilobytes: 64 }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Resources.ResourceWriteSuccess'
        'Microsoft.Resources.ResourceDeleteSuccess'
        'Microsoft.Resources.ResourceActionSuccess'
      ]
      advancedFilters: [
        { operatorType: 'StringContains', key: 'subject', values: ['/Microsoft.Devices/IotHubs/'] }
      ]
    }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}
