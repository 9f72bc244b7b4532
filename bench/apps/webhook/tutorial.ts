import { app } from '@azure/functions';

type Asked = {
  readonly deviceRuntimeContext?: { readonly registrationId?: string };
  readonly linkedHubs?: readonly string[];
};

/**
 * What Microsoft's tutorial of custom allocation does, in code of our own: a device's kind is in its registration id, and the first linked hub
 * whose name says that kind takes it. It knows no load, no home and no store.
 * @see https://learn.microsoft.com/azure/iot-dps/tutorial-custom-allocation-policies
 */
app.http('tutorial', {
  methods: ['POST'],
  authLevel: 'function',
  handler: async (request, context) => {
    const asked = (await request.json()) as Asked;
    context.log(JSON.stringify(asked));
    const id = asked.deviceRuntimeContext?.registrationId;
    const { linkedHubs } = asked;
    if (id === undefined) return { status: 400, body: 'Registration ID not provided' };
    if (linkedHubs === undefined) return { status: 400, body: 'No hub group defined' };
    const kind = id.includes('-toaster-') ? '-toasters-' : '-heatpumps-';
    const hub = linkedHubs.find((name) => name.includes(kind));
    if (hub === undefined) return { status: 400, body: `No ${kind} hub is linked` };
    const initialTwin = { properties: { desired: { state: 'ready' } }, tags: { deviceType: kind } };
    return { jsonBody: { iotHubHostName: hub, initialTwin } };
  },
});
