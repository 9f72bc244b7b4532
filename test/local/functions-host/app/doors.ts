import { app, type HttpHandler } from '@azure/functions';

/** An app for the host's own tests: one function for each rule that the host keeps. */

app.http('echo', {
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  route: 'echo/{name?}',
  handler: async (request) => ({
    status: 201,
    headers: { 'x-answer': 'echoed' },
    jsonBody: {
      method: request.method,
      params: request.params,
      query: Object.fromEntries(request.query),
      contentType: request.headers.get('content-type'),
      body: await request.text(),
      settings: process.env['FIXTURE_SETTING'],
    },
  }),
});

app.http('locked', { methods: ['GET'], authLevel: 'function', handler: () => ({ body: 'open' }) });
app.http('lockedToo', {
  methods: ['GET'],
  authLevel: 'function',
  handler: () => ({ body: 'open' }),
});
app.http('adminOnly', { methods: ['GET'], authLevel: 'admin', handler: () => ({ body: 'open' }) });

app.http('nothing', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => undefined as never,
});
app.http('throws', {
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  handler: () => {
    throw new Error('kaboom');
  },
});
app.http('cookie', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => ({ cookies: [{ name: 'a', value: 'b' }] }),
});
app.http('slow', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: async (request, context) => {
    context.info('begun');
    await new Promise((resolve) => setTimeout(resolve, Number(request.query.get('ms'))));
    return { body: 'slow' };
  },
});

const logging: HttpHandler = (_request, context) => {
  context.debug('a debug line');
  context.info('an information line');
  context.error('an error line');
  return {};
};
app.http('quiet', { methods: ['GET'], authLevel: 'anonymous', handler: logging });
app.http('loud', { methods: ['GET'], authLevel: 'anonymous', handler: logging });

app.http('first', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'order/{*rest}',
  handler: () => ({ body: 'first' }),
});
app.http('second', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'order/known',
  handler: () => ({ body: 'second' }),
});

app.timer('everySecond', {
  schedule: '* * * * * *',
  handler: (timer, context) => context.info(`ticked ${timer.isPastDue} ${timer.scheduleStatus}`),
});
