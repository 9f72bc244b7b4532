// Where a hub is: a topic has to be in the same place, which must be known before the topic is made.
param hubName string

resource hub 'Microsoft.Devices/IotHubs@2023-06-30' existing = {
  name: hubName
}

output location string = hub.location
