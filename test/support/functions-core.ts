import { provideFunctionsCore } from '../../local/functions-host/core.ts';

/** Doors register themselves when a test imports them: here, with a host that never starts. */
provideFunctionsCore();
