import { app } from '@azure/functions';

/** What the platform alone costs: reads the body, decides nothing, logs nothing. */
app.http('noOp', {
  methods: ['POST'],
  authLevel: 'function',
  handler: async (request) => {
    await request.text();
    return { jsonBody: { iotHubHostName: 'none' } };
  },
});
